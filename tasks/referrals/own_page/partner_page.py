"""What a partner's own page shows beside the rest: commissions by project, the rate, and his invoices."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from models.tables import partner_invoices, settlement_line_invoices, settlement_lines
from programme.money.commission import Commission
from programme.money.states import LineState
from programme.terms.schema import Programme
from programme.terms.tables.payout_terms import PartnerTerms, RateStep
from tasks.referrals.own_page.happenings import read_types
from tasks.referrals.settlement import read_uninvoiced


class ProjectLine(NamedTuple):
    """A project without its client: date, type and commission."""

    delivered_on: date
    type: str
    rate_percent: int
    commission_cents: int
    payable_on: date
    is_under_review: bool


class InvoiceLine(NamedTuple):
    """An invoice of the partner: the amount without VAT and its VAT, in cents."""

    number: str
    day: date
    amount_cents: int
    vat_cents: int
    is_paid: bool


class CommissionRate(NamedTuple):
    """What this calendar year's next project earns; after `to_next` more it is `next_percent`, None on the last."""

    percent: int
    next_percent: int | None
    to_next: int


class PartnerPage(NamedTuple):
    """`to_invoice_cents`: released and not invoiced; below zero after a cancellation."""

    projects: list[ProjectLine]
    rate: CommissionRate
    earned_cents: int
    to_invoice_cents: int
    invoices: list[InvoiceLine]


def partner_page(
    connection: Connection, programme: Programme, client_id: str, commissions: Sequence[Commission], as_of: date
) -> PartnerPage:
    """What a partner sees of his commissions as of a day, the latest delivery first."""
    types = read_types(connection, [one.project_id for one in commissions])
    lines = [
        ProjectLine(
            one.delivered_on,
            types[one.project_id],
            one.rate_percent,
            one.commission_cents,
            one.payable_on,
            one.is_under_review,
        )
        for one in sorted(commissions, key=lambda one: (one.delivered_on, one.project_id), reverse=True)
    ]
    of_year = sum(1 for one in commissions if one.delivered_on.year == as_of.year)
    return PartnerPage(
        lines,
        rate_of(programme.partners, of_year) if programme.partners else CommissionRate(0, None, 0),
        sum(one.commission_cents for one in commissions),
        read_uninvoiced(connection).get(client_id, 0),
        _read_invoices(connection, client_id),
    )


def rate_of(terms: PartnerTerms, delivered: int) -> CommissionRate:
    """Args: delivered: the partner's projects of this calendar year so far."""
    now = [step for step in terms.rates if step.from_n <= delivered + 1][-1]
    above: RateStep | None = next((step for step in terms.rates if step.from_n > delivered + 1), None)
    if above is None:
        return CommissionRate(now.percent, None, 0)
    return CommissionRate(now.percent, above.percent, above.from_n - 1 - delivered)


def _read_invoices(connection: Connection, client_id: str) -> list[InvoiceLine]:
    """The latest first."""
    own, lines, links = partner_invoices.c, settlement_lines.c, settlement_line_invoices.c
    is_paid = exists().where(
        links.client_id == own.client_id,
        links.number == own.number,
        lines.end_to_end_id == links.end_to_end_id,
        lines.state == LineState.PAID.value,
    )
    query = (
        select(own.number, own.day, own.amount_cents, own.vat_cents, is_paid)
        .where(own.client_id == client_id)
        .order_by(own.day.desc(), own.number.desc())
    )
    return [InvoiceLine(row[0], row[1], row[2], row[3], bool(row[4])) for row in connection.execute(query)]
