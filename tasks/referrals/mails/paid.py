"""Who is to hear that the bank paid: once a line, while it stands as paid."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, select

from models.tables import ledger_entries, messages, partner_invoices, settlement_line_invoices, settlement_lines
from programme.money.settling import remittance_of
from programme.money.states import EntryKind, LineState, PayoutKind
from programme.referrals.mails import GRACE_DAYS, REWARD_PAID
from programme.terms.schema import Programme
from programme.words.banking.ibans import masked_iban
from programme.words.wording import date_words, euros
from tasks.runs.outside.direct import DirectMail


def due_paid(connection: Connection, programme: Programme, at: datetime) -> list[DirectMail]:
    """Of the payments that statements of the last days told of."""
    entries, lines, log = ledger_entries.c, settlement_lines.c, messages.c
    is_told = exists().where(
        log.client_id == lines.referrer_id,
        log.touchpoint == REWARD_PAID.id,
        log.occasion == lines.end_to_end_id,
    )
    query = (
        select(lines.end_to_end_id, lines.referrer_id, lines.kind, lines.amount_cents, lines.iban, entries.day)
        .join_from(ledger_entries, settlement_lines, lines.end_to_end_id == entries.end_to_end_id)
        .where(entries.kind == EntryKind.PAID.value, lines.state == LineState.PAID.value)
        .where(entries.made_at >= at - timedelta(days=GRACE_DAYS), ~is_told)
        .order_by(entries.id)
    )
    found = []
    for end_to_end_id, client_id, kind, cents, iban, day in connection.execute(query).all():
        numbers, vat = _invoices(connection, end_to_end_id)
        said = {
            "amount": euros(cents),
            "iban": masked_iban(iban),
            "paid_on": date_words(day),
            "payment_id": end_to_end_id,
            "remittance": remittance_of(programme.trade.club, kind, numbers, end_to_end_id),
            "is_commission": kind == PayoutKind.COMMISSION,
            "has_vat": vat > 0,
            "has_many": len(numbers) > 1,
        }
        found.append(DirectMail(REWARD_PAID, client_id, end_to_end_id, said))
    return found


def _invoices(connection: Connection, end_to_end_id: str) -> tuple[tuple[str, ...], int]:
    """The numbers of the invoices that the line pays, and their VAT together in cents."""
    paying, own = settlement_line_invoices.c, partner_invoices.c
    query = (
        select(own.number, own.vat_cents)
        .join_from(
            settlement_line_invoices,
            partner_invoices,
            and_(own.client_id == paying.client_id, own.number == paying.number),
        )
        .where(paying.end_to_end_id == end_to_end_id)
        .order_by(own.number)
    )
    rows = connection.execute(query).all()
    return tuple(row.number for row in rows), sum(row.vat_cents for row in rows)
