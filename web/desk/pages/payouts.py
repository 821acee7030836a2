"""/desk/payouts: the batch of payouts that waits, and its approval by a person other than the one who prepared it."""

from functools import partial

from sqlalchemy import Connection
from starlette.responses import Response

from models.database.engine import reading
from programme.money.settling import next_settlement_on
from programme.money.states import BatchState, OpenReason, PayoutKind
from programme.words.naming.people import name_key
from programme.words.states import Role
from tasks.clients.lookup import names_of
from tasks.money.bank.payments import PaymentFileInvalid
from tasks.referrals.batches import (
    Batch,
    NoAccountToPayFrom,
    SettlementRefused,
    read_batches,
    read_settlement,
    undecided_batch,
)
from tasks.referrals.deciding import Approval, approve, withdraw
from web.desk.gate import DeskRouter
from web.desk.showing.moments import paged
from web.desk.visit import Refused, Visit

router = DeskRouter()

BATCH_ROWS = 20
NOT_YOU = "Goedkeuren kan alleen iemand die mag goedkeuren en de ronde niet zelf heeft klaargezet."
CHANGED = "Deze ronde is intussen veranderd. Bekijk de ronde opnieuw."
NOT_PAYABLE = "Van deze ronde kan geen bankbestand worden gemaakt. Vraag beheer naar de rekening van het bureau."
STATE_WORDS = {
    BatchState.PREPARED: "wacht op goedkeuring",
    BatchState.APPROVED: "goedgekeurd",
    BatchState.EXPORTED: "naar de bank",
    BatchState.CLOSED: "afgerond",
    BatchState.WITHDRAWN: "teruggetrokken",
}
OPEN_WORDS = {
    OpenReason.NEGATIVE_BALANCE: "het saldo is onder nul",
    OpenReason.BLOCKED: "uitbetalen is tegengehouden",
    OpenReason.ERASED: "de klant is gewist",
    OpenReason.INVOICE_NEEDED: "er is nog geen factuur",
    OpenReason.NO_IBAN: "er is nog geen rekening",
    OpenReason.INVALID_IBAN: "de rekening klopt niet",
    OpenReason.NO_HOLDER: "de naam bij de rekening ontbreekt",
    OpenReason.BELOW_MINIMUM: "minder dan het kleinste bedrag dat wij overmaken",
}
KIND_WORDS = {PayoutKind.REWARD: "beloning", PayoutKind.COMMISSION: "commissie"}


@router.page("/desk/payouts")
def show_payouts(visit: Visit) -> Response:
    first = (visit.page_number - 1) * BATCH_ROWS
    with reading(visit.engine) as connection:
        waiting = undecided_batch(connection)
        settlement = read_settlement(connection, waiting) if waiting else None
        left_open = settlement.left_open if settlement else ()
        names = names_of(connection, {each.referrer_id for each in left_open})
        batches = read_batches(connection, first, BATCH_ROWS + 1)
    batch = settlement.batch if settlement else None
    return visit.show(
        "payouts.html",
        settlement=settlement,
        batch=batch,
        names=names,
        may_approve=batch is not None and _may_approve(visit, batch),
        others=_others(visit, batch) if batch else [],
        next_on=next_settlement_on(visit.at),
        pages=paged(batches, visit.page_number, BATCH_ROWS),
        state_words=STATE_WORDS,
        open_words=OPEN_WORDS,
        kind_words=KIND_WORDS,
    )


@router.form("/desk/payouts")
def decide_payout(visit: Visit) -> Response:
    batch_id, deed = visit.word("batch", 64), visit.choice("do", ("approve", "withdraw"))
    return _withdraw(visit, batch_id) if deed == "withdraw" else _approve(visit, batch_id)


def _approve(visit: Visit, batch_id: str) -> Response:
    with reading(visit.engine) as connection:
        try:
            settlement = read_settlement(connection, batch_id)
        except SettlementRefused:
            raise Refused(CHANGED) from None
    if settlement.batch is None or not _may_approve(visit, settlement.batch):
        raise Refused(NOT_YOU, 403)
    was = {"state": settlement.batch.state}

    def noted(connection: Connection, given: Approval) -> None:
        after = {"total_cents": given.settlement.total_cents, "voided": len(given.voided)}
        visit.record(connection, "approve settlement", batch_id, before=was, after=after)

    try:
        approval = approve(visit.engine, visit.programme, batch_id, visit.person.name, visit.at, noted)
    except (PaymentFileInvalid, NoAccountToPayFrom):
        raise Refused(NOT_PAYABLE) from None
    except SettlementRefused:
        raise Refused(CHANGED) from None
    return visit.done("/desk/payouts", "deels" if approval.voided else "goedgekeurd")


def _withdraw(visit: Visit, batch_id: str) -> Response:
    reason = visit.word("reason", 500)
    if not reason:
        raise Refused("Schrijf op waarom de ronde wordt teruggetrokken.", 422)
    try:
        noted = partial(visit.record, act="withdraw settlement", subject_id=batch_id)
        withdraw(visit.engine, batch_id, visit.person.name, reason, visit.at, noted)
    except SettlementRefused:
        raise Refused(CHANGED) from None
    return visit.done("/desk/payouts", "ingetrokken")


def _may_approve(visit: Visit, batch: Batch) -> bool:
    is_another = name_key(visit.person.name) != name_key(batch.prepared_by)
    return is_another and Role.APPROVER in visit.person.roles


def _others(visit: Visit, batch: Batch) -> list[str]:
    """Who may approve it instead."""
    return [
        person.name
        for person in visit.programme.people
        if Role.APPROVER in person.roles and name_key(person.name) != name_key(batch.prepared_by)
    ]
