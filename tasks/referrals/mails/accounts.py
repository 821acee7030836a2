"""Who is to be asked for an account: at most so often, and so many times in all."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from models.database.given import in_values
from models.tables import messages
from programme.money.settling import LeftOpen, without_account
from programme.money.states import ASKS_FOR_IBAN, PAYABLE_OF, OpenReason
from programme.referrals.mails import IBAN_REQUEST
from programme.terms.kinds import Choice
from programme.terms.schema import Programme
from programme.words.wording import euros
from tasks.money.ledger import read_balances
from tasks.money.payees import read_payees
from tasks.runs.outside.direct import DirectMail


def due_requests(
    connection: Connection, programme: Programme, as_of: date, left_open: Iterable[LeftOpen]
) -> list[DirectMail]:
    """The requests for what a settlement left open because the account is missing or wrong.

    A batch that waits says what was left open when it was written, perhaps weeks ago; a client is asked only for what
    he lacks, and is owed, today. The number of the request is its occasion, so that a client is never asked more often,
    whoever asks at the same moment.
    """
    asking = [each for each in left_open if each.reason in ASKS_FOR_IBAN]
    if not asking:
        return []
    balances = read_balances(connection, *PAYABLE_OF.values())
    cents: Counter[str] = Counter()
    for each in asking:
        owed = balances[PAYABLE_OF[each.kind]].get(each.referrer_id, 0)
        cents[each.referrer_id] += max(min(each.amount_cents, owed), 0)
    terms = programme.referral
    asked = _read_asked(connection, sorted(cents))
    payees = read_payees(connection, cents)
    found = []
    for client_id, payee in sorted(payees.items()):
        times, last = asked.get(client_id, (0, date.min))
        is_too_soon = times > 0 and as_of < last + timedelta(days=terms.iban_request_days)
        reason = without_account(payee)
        if reason is None or payee.is_blocked or not cents[client_id] or times >= terms.iban_requests or is_too_soon:
            continue
        said: dict[str, Choice] = {
            "amount": euros(cents[client_id]),
            "missing": _missing(reason, payee.is_returned),
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
