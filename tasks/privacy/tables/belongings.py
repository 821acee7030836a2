"""What a table holds of a person: which rows are his, what of them goes, what stays, and how they are shown to him."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, or_, select

from models import tables
from programme.care.signals import SignalKind
from tasks.privacy.person import PersonRecords


class Whose(NamedTuple):
    """A person, in conditions of SQL.

    He has a handful of records and addresses; in a plain list, SQLite finds them also within a view of two tables.
    """

    person: PersonRecords

    def is_client(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """SQL for: the column names one of his records."""
        return column.in_(self.person.client_ids)

    def is_address(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """SQL for: the column has one of his addresses."""
        return column.in_(self.person.addresses)


Condition = Callable[[Table, Whose], ColumnElement[bool]]


@dataclass(frozen=True)
class Belonging:
    """What a table holds of a person.

    Attributes:
        title: Dutch, above the rows on the page; "" shows them in the machine-readable file alone.
        mine: which rows are his.
        becomes: the columns that an erasure empties, with what they become.
        is_deleted: an erasure deletes the rows.
        stays: the text columns that an erasure leaves: ids, words of closed sets, names of people at the firm.
        is_of_books: kept seven years whatever is asked, read by exports alone.
        hidden: columns that are not written out: tokens, and what belongs to somebody else.
        shown: the columns on the page with their Dutch headings.
    """

    title: str
    mine: Condition
    becomes: Mapping[str, Any] = field(default_factory=dict)
    is_deleted: bool = False
    stays: frozenset[str] = frozenset()
    is_of_books: bool = False
    hidden: frozenset[str] = frozenset()
    shown: Mapping[str, str] = field(default_factory=dict)


def of_client(column: str = "client_id") -> Condition:
    """Rows whose column names one of the person's records."""
    return lambda table, whose: whose.is_client(table.c[column])


def of_address(column: str) -> Condition:
    """Rows whose column has one of the person's addresses."""
    return lambda table, whose: whose.is_address(table.c[column])


def of_client_or_sole(client: str, address: str) -> Condition:
    """Rows that name one of his records, or an address that was nobody else's: an opt-out follows all who had it."""
    return lambda table, whose: or_(whose.is_client(table.c[client]), table.c[address].in_(whose.person.sole))


def of_sole(column: str) -> Condition:
    """Rows about an address that was nobody else's."""
    return lambda table, whose: table.c[column].in_(whose.person.sole)


def of_shared(column: str) -> Condition:
    """Rows about an address that somebody else has or had: shown to him, and left to the others when he goes."""
    return lambda table, whose: table.c[column].in_(whose.person.shared)


def of_client_or_address(client: str, address: str) -> Condition:
    """Rows that name one of his records or one of his addresses."""
    return lambda table, whose: or_(whose.is_client(table.c[client]), whose.is_address(table.c[address]))


def of_message_or_address(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Rows about a message to one of his records, or with one of his addresses."""
    messages = tables.messages.c
    ids = select(messages.message_id).where(whose.is_client(messages.client_id))
    return or_(table.c.message_id.in_(ids), whose.is_address(table.c.recipient))


def of_discount(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Discounts that a mail to one of his records gave; others may have got the same."""
    messages = tables.messages.c
    return table.c.id.in_(select(messages.discount_id).where(whose.is_client(messages.client_id)))


def of_referral(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Rows about a referral by him or of him."""
    referrals = tables.referrals.c
    either = or_(whose.is_client(referrals.referrer_id), is_friend(tables.referrals, whose))
    return table.c.referral_id.in_(select(referrals.referral_id).where(either))


def is_friend(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Referrals in which he is the one who was brought."""
    return or_(whose.is_client(table.c.referred_client_id), whose.is_address(table.c.referred_email))


def of_friend(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Sign-ups that he filled in himself."""
    referrals = tables.referrals.c
    mine = select(referrals.referral_id).where(whose.is_client(referrals.referred_client_id))
    return or_(whose.is_address(table.c.recipient), table.c.referral_id.in_(mine))


def of_case(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Rows about one of his cases."""
    cases = tables.cases.c
    return table.c.case_id.in_(select(cases.case_id).where(whose.is_client(cases.client_id)))


def of_task(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Rows about a task that was made for him."""
    tasks = tables.people_tasks.c
    return table.c.task_id.in_(select(tasks.task_id).where(whose.is_client(tasks.client_id)))


def of_task_or_lead(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Tasks that were made for him, and those about a sign-up of his, which name no client; also what hangs on them."""
    return or_(whose.is_client(table.c.client_id), table.c.task_id.in_(lead_tasks(whose)))


def lead_tasks(whose: Whose) -> Select[Any]:
    """The ids of the tasks about a sign-up that he filled in."""
    tasks, referrals, own = tables.people_tasks.c, tables.referrals, tables.signups
    by_referral = select(referrals.c.referral_id).where(is_friend(referrals, whose))
    by_address = select(own.c.referral_id).where(of_friend(own, whose))
    is_his = or_(tasks.cause.in_(by_referral), tasks.cause.in_(by_address))
    return select(tasks.task_id).where(tasks.kind == SignalKind.LEAD.value, is_his)


def of_line(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Rows about one of his settlement lines."""
    lines = tables.settlement_lines.c
    return table.c.end_to_end_id.in_(select(lines.end_to_end_id).where(whose.is_client(lines.referrer_id)))


def of_entry(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Legs of the ledger that move his balances."""
    entries = tables.ledger_entries.c
    return table.c.entry_id.in_(select(entries.id).where(whose.is_client(entries.referrer_id)))
