"""Who is to be asked for an account: at most so often, and so many times in all."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from models.database.given import in_values
from models.tables import messages
from programme.money.settling import LeftOpen
from programme.money.states import ASKS_FOR_IBAN, OpenReason
from programme.referrals.mails import IBAN_REQUEST
from programme.terms.kinds import Choice
from programme.terms.schema import Programme
from programme.words.wording import euros
from tasks.money.payees import read_payees
from tasks.runs.outside.direct import DirectMail


def due_requests(
    connection: Connection, programme: Programme, as_of: date, left_open: Iterable[LeftOpen]
) -> list[DirectMail]:
    """The requests for what a settlement left open because the account is missing or wrong.

    The number of the request is its occasion, so that a client is never asked more often, whoever asks at the same
    moment.
    """
    cents: Counter[str] = Counter()
    reasons: dict[str, OpenReason] = {}
    for each in left_open:
        if each.reason in ASKS_FOR_IBAN:
            cents[each.referrer_id] += each.amount_cents
            reasons[each.referrer_id] = each.reason
    if not cents:
        return []
    terms = programme.referral
    asked = _read_asked(connection, sorted(cents))
    payees = read_payees(connection, cents)
    found = []
    for client_id in sorted(cents):
        times, last = asked.get(client_id, (0, date.min))
        is_too_soon = times > 0 and as_of < last + timedelta(days=terms.iban_request_days)
        if times >= terms.iban_requests or is_too_soon:
            continue
        is_returned = client_id in payees and payees[client_id].is_returned
        said: dict[str, Choice] = {
            "amount": euros(cents[client_id]),
            "missing": _missing(reasons[client_id], is_returned),
            "is_last": times + 1 == terms.iban_requests,
        }
        found.append(DirectMail(IBAN_REQUEST, client_id, str(times + 1), said))
    return found


def _missing(reason: OpenReason, is_returned: bool) -> str:
    if reason is OpenReason.INVALID_IBAN:
        return "returned" if is_returned else "invalid"
    return "holder" if reason is OpenReason.NO_HOLDER else ""


def _read_asked(connection: Connection, client_ids: list[str]) -> dict[str, tuple[int, date]]:
    """How often each was asked, and on which day last."""
    log = messages.c
    query = (
        select(log.client_id, func.count(), func.max(log.as_of))
        .where(log.touchpoint == IBAN_REQUEST.id, in_values(log.client_id, client_ids))
        .group_by(log.client_id)
    )
    return {client_id: (times, last) for client_id, times, last in connection.execute(query)}
