"""Taking a person out of everything: the provider and the files first, then the database in one transaction.

Each step is safe to repeat. Only the transaction makes a client erased, so a kill before it leaves somebody who is
still there and can be erased again, and after it only the look at files that came meanwhile is missing.
"""

import json
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, delete, func, or_, select, update

from models import tables
from models.database.engine import reading, writing_durably
from models.database.erasure import empty_log, overwrite_deleted
from models.erased import ERASE, remember_erased
from programme.facts.cases import is_open_case
from programme.inbound.forwards import REPLY_FORWARD
from programme.money.states import COMMON_ACCOUNTS, Account
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus, Reason
from programme.words.tokens import message_id_of
from programme.words.wording import euros
from tasks.base.checkpoints import passed
from tasks.base.workspace import Workspace
from tasks.clients.facts.audience import read_recipients
from tasks.money.ledger import lock_ledger, read_balances
from tasks.privacy.outside import Outside, erase_outside, forget_files
from tasks.privacy.person import PersonRecords, read_person
from tasks.privacy.tables.belongings import Whose, lead_tasks
from tasks.privacy.tables.registry import present
from tasks.runs.deciding.concurrency import lock_planning
from tasks.sending.claiming.rechecking import cancel


class CaseIsOpen(Exception):
    """A complaint of the person is not solved: the firm may need the file for a claim (AVG art. 17(3)(e))."""


class BalanceIsOpen(Exception):
    """The person is owed money, or owes it.

    Attributes:
        cents: what would have to be entered to bring it to nothing, by client id.
    """

    def __init__(self, message: str, cents: dict[str, int]) -> None:
        super().__init__(message)
        self.cents = cents


class RecordAct(Protocol):
    """Writes who did what, in the transaction of the act."""

    def __call__(
        self, connection: Connection, at: datetime, by_name: str, act: str, subject_id: str, *, client_id: str
    ) -> None:
        """Write it."""
        ...


class Erasure(NamedTuple):
    """What was done.

    Attributes:
        client_ids: the records of the person.
        others: other clients who have his address, and keep it.
        was_erased: he was erased before, and this only looked for what came since.
        cases: complaints that ended with him, by the id of their feedback.
        is_overwritten: no file of the database holds what was; False while somebody reads it.
    """

    client_ids: tuple[str, ...]
    others: tuple[str, ...]
    was_erased: bool
    cases: tuple[str, ...]
    outside: Outside
    is_overwritten: bool


def erase_person(
    workspace: Workspace,
    client_id: str,
    by_name: str,
    at: datetime,
    record: RecordAct,
    forget_wishes: Callable[[Collection[str]], int],
    *,
    ends_case: bool = False,
    alone: bool = False,
) -> Erasure:
    """Erase the person of a client record. Safe to repeat.

    Args:
        record: of the acts, called once for each record of the person.
        forget_wishes: takes what waits in the journal about these messages out of it.
        ends_case: go on although a complaint is open.
        alone: erase this record only, whoever else has its name and address.

    Raises:
        UnknownClient: nobody has this id.
        CaseIsOpen, BalanceIsOpen: nothing was done; of what came in meanwhile, nothing here, and the message says so.
        ProviderNotTold: nothing was done here; what the provider was told stays told.
    """
    today = day_in_amsterdam(at)
    with reading(workspace.engine) as connection:
        person = read_person(connection, client_id, alone=alone)
        cases = _open_cases(connection, workspace, person, today)
        _require_nothing_open(connection, person, cases, ends_case, "Nothing was done")
        message_ids = _mail_ids(connection, workspace, person)
    outside = erase_outside(workspace, person, message_ids, forget_wishes)
    passed("before_erase")
    with writing_durably(workspace.engine) as connection:
        overwrite_deleted(connection)
        lock_planning(connection)
        lock_ledger(connection)
        now = read_person(connection, client_id, alone=alone)
        cases = _open_cases(connection, workspace, now, today)
        _require_nothing_open(connection, now, cases, ends_case, "The provider was told; nothing was erased here")
        message_ids = _mail_ids(connection, workspace, now)
        erase_records(connection, workspace.settings.key(), now, at)
        for one in now.client_ids if not now.erased else ():
            record(connection, at, by_name, ERASE, one, client_id=one)
        passed("in_erase")
    passed("after_erase")
    is_overwritten = empty_log(workspace.engine)
    files = forget_files(workspace, now, message_ids)
    done = outside._replace(files=outside.files + files)
    return Erasure(person.client_ids, person.others, person.erased, cases, done, is_overwritten)


def erase_records(connection: Connection, key: bytes, person: PersonRecords, at: datetime) -> None:
    """Take a person out of the database, in the caller's transaction; figures and books stay. Safe to repeat."""
    day = day_in_amsterdam(at)
    whose = Whose(person)
    _stop_mails(connection, whose)
    _end_tasks(connection, whose, at)
    _clean_lines(connection, whose)
    own = tables.clients.c
    told = dict.fromkeys(("consent_told_on", "channel_told_on", "phone_consent_told_on"))
    erased_on = func.coalesce(own.erased_on, day)
    connection.execute(update(tables.clients).where(whose.is_client(own.client_id)).values(erased_on=erased_on, **told))
    # The clients come last: by their address the rows of the other tables are found. Once one is erased, no trigger
    # keeps the address that goes.
    for table, found in reversed(list(present())):
        for belonging in found:
            if belonging.is_deleted:
                connection.execute(delete(table).where(belonging.mine(table, whose)))
            elif belonging.becomes:
                connection.execute(update(table).where(belonging.mine(table, whose)).values(**belonging.becomes))
    remember_erased(connection, key, person.addresses, day)


def _require_nothing_open(
    connection: Connection, person: PersonRecords, cases: Collection[str], ends_case: bool, done: str
) -> None:
    """Raises CaseIsOpen or BalanceIsOpen, whose message ends with what was done so far."""
    who = ", ".join(person.client_ids)
    if cases and not ends_case:
        raise CaseIsOpen(
            f"{who} has a complaint that is not solved ({', '.join(cases)}), and a claim may need the file; "
            f"solve it first, or give --open-case: it then ends as erased. {done}"
        )
    cents, bank = _balances(connection, person)
    if cents or bank:
        amounts = euros(sum(cents.values()) + bank)
        waits = "wait for the bank's answer" if bank else "pay it, or write it off by two people with --forfeit"
        raise BalanceIsOpen(f"{who} has an open balance of {amounts}; {waits}. {done}", cents)


def _balances(connection: Connection, person: PersonRecords) -> tuple[dict[str, int], int]:
    """Cents that are pending or payable, by client id; and those on their way to or from the bank."""
    own = [account for account in Account if account not in COMMON_ACCOUNTS]
    cents: dict[str, int] = {}
    bank = 0
    for account, found in read_balances(connection, *own).items():
        for client_id in set(found).intersection(person.client_ids):
            if account in (Account.IN_TRANSIT, Account.COMMISSION_IN_TRANSIT):
                bank += found[client_id]
            else:
                cents[client_id] = cents.get(client_id, 0) + found[client_id]
    return {client_id: amount for client_id, amount in cents.items() if amount}, bank


def _open_cases(connection: Connection, workspace: Workspace, person: PersonRecords, today: date) -> tuple[str, ...]:
    """The negative feedback of his records that is not resolved, by id (rule 6)."""
    programme = workspace.programme
    recipients = read_recipients(connection, programme, person.client_ids, today, with_activity=False)
    records = [each for found in recipients for each in found.clients if each.client_id in person.client_ids]
    return tuple(
        feedback.feedback_id
        for client in records
        if not client.is_erased
        for feedback in client.feedback
        if is_open_case(programme.health, feedback, today)
    )


def _mail_ids(connection: Connection, workspace: Workspace, person: PersonRecords) -> list[str]:
    """The ids of the mails to him, and of those that passed his own mails on to colleagues."""
    whose, messages, came = Whose(person), tables.messages.c, tables.inbound_mails.c
    ids = list(connection.scalars(select(messages.message_id).where(whose.is_client(messages.client_id))))
    from_him = or_(whose.is_client(came.client_id), whose.is_address(came.sender))
    programme = workspace.programme
    colleagues = {programme.brand.reply_address, *(one.email for one in programme.people)}
    for mail_id in connection.scalars(select(came.mail_id).where(from_him)):
        for key in workspace.settings.every_key():
            ids += [message_id_of(key, address, REPLY_FORWARD.id, mail_id) for address in colleagues]
    return ids


def _stop_mails(connection: Connection, whose: Whose) -> None:
    """What is planned goes to nobody; a worker that has claimed it loses it at its fence."""
    own = tables.messages.c
    mine = or_(whose.is_client(own.client_id), whose.is_address(own.recipient))
    planned = select(own.id).where(mine, own.status == MessageStatus.PLANNED)
    cancel(connection, list(connection.scalars(planned)), Reason.NO_ADDRESS)


def _end_tasks(connection: Connection, whose: Whose, at: datetime) -> None:
    """Open tasks are cancelled. Notes about his sign-ups go here, while the sign-ups still tell whose they are."""
    own, notes = tables.people_tasks, tables.task_notes
    leads = list(connection.scalars(lead_tasks(whose)))
    connection.execute(update(notes).where(notes.c.task_id.in_(leads)).values(note=None))
    mine = or_(whose.is_client(own.c.client_id), own.c.task_id.in_(leads))
    open_ones = update(own).where(mine, own.c.state == "open")
    connection.execute(open_ones.values(state="cancelled", ended_at=at))


def _clean_lines(connection: Connection, whose: Whose) -> None:
    """What care did names the address of each mail in its JSON."""
    lines, cases = tables.care_lines.c, tables.cases.c
    mine = select(cases.case_id).where(whose.is_client(cases.client_id))
    for row in connection.execute(select(lines.id, lines.line).where(lines.case_id.in_(mine))).all():
        line = json.loads(row.line)
        if line.get("recipient"):
            text = json.dumps(line | {"recipient": ""}, ensure_ascii=False)
            connection.execute(update(tables.care_lines).where(lines.id == row.id).values(line=text))
