"""All clients page by page, for callers that look at many days at once; memory use does not grow with the base."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Engine, FromClause, Select, and_, exists, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from models.database.bulk import batches
from models.database.engine import reading
from models.database.given import in_values
from models.present import clients
from models.tables import activity
from tasks.clients.anchor_queries import is_valid

UNSPREAD = 4096  # the number of a client divided by it says nothing of the client's share of a spread
PAGE_RECIPIENTS = 2_000  # recipients whose facts are in memory at once; about 10 MB
RANGE_RECIPIENTS = 10_000  # the same for callers that read less of each; a larger page writes fewer index pages twice


def read_pages(engine: Engine, only: ColumnElement[bool] | None = None) -> Iterator[list[str]]:
    """The ids of all clients in pages of whole recipients: first those without an address, then by address.

    Args:
        only: an SQL condition on the client; a recipient is on a page when at least one of its clients meets it.
    """
    only = true() if only is None else only
    after = ""
    while ids := _without_address(engine, after, only):
        yield ids
        after = ids[-1]
    after = ""
    while addresses := _addresses(engine, after, only):
        after = addresses[-1]
        yield _with_address(engine, addresses[0], after, only)


def read_sample(engine: Engine, one_in: int) -> Iterator[list[str]]:
    """The ids of all clients of a fixed part of the recipients with an address, in pages of whole recipients."""
    with reading(engine) as connection:
        addresses = list(connection.scalars(_sampled(one_in)))
    for part in batches(addresses, PAGE_RECIPIENTS):
        with reading(engine) as connection:
            found = in_values(clients.c.recipient, part)
            yield list(connection.scalars(select(clients.c.client_id).where(found)))


def read_part(engine: Engine, recipients: int, about: int) -> Iterator[list[str]]:
    """The ids of everybody in a base of some size; of a larger one those of a fixed part.

    Args:
        recipients: how many there are.
        about: so many recipients has the part; a base of up to two times as many is read whole.
    """
    return read_pages(engine) if recipients <= 2 * about else read_sample(engine, recipients // about)


def count_recipients(engine: Engine) -> int:
    """The number of addresses that the clients have."""
    with reading(engine) as connection:
        query = select(func.count(clients.c.recipient.distinct())).where(clients.c.recipient != "")
        return connection.execute(query).scalar_one()


class Page(NamedTuple):
    """Neighbours in one order: clients without an address by client id, or recipients by address.

    Attributes:
        after, last: the first is the next one after `after`; `last` is None for the end.
    """

    has_address: bool
    after: str
    last: str | None

    def of(self, table: FromClause) -> ColumnElement[bool]:
        """SQL for the rows of a table with the columns `client_id` and `recipient` that are about this page."""
        if self.has_address:
            return self.within(table.c.recipient)
        return and_(table.c.recipient == "", self.within(table.c.client_id))

    def within(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """SQL for a column whose value lies on this page."""
        return column > self.after if self.last is None else and_(column > self.after, column <= self.last)


def read_ranges(engine: Engine, recipients: int | None = None) -> Iterator[Page]:
    """All clients in the order of `read_pages`, as ranges, which a database reads faster than lists.

    Args:
        recipients: the number in a range; None for RANGE_RECIPIENTS. A larger range asks its questions less often.
    """
    offset = (recipients or RANGE_RECIPIENTS) - 1
    for has_address, column in ((False, clients.c.client_id), (True, clients.c.recipient)):
        after: str | None = ""
        while after is not None:
            page = Page(has_address, after, None)
            query = select(column).where(page.of(clients)).order_by(column).offset(offset).limit(1)
            with reading(engine) as connection:
                last = connection.scalar(query)
            yield page._replace(last=last)
            after = last


def count_clients(engine: Engine) -> int:
    """The number of clients that the export still has."""
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(clients)).scalar_one()


def read_later_activity(
    connection: Connection, client_ids: list[str], after: date, until: date
) -> dict[str, list[date]]:
    """The days of activity of these clients after `after`, up to and including `until`, by client id."""
    query = select(activity.c.client_id, activity.c.occurred_on).where(
        in_values(activity.c.client_id, client_ids),
        activity.c.occurred_on > after,
        activity.c.occurred_on <= until,
        is_valid(activity),
    )
    found: dict[str, list[date]] = defaultdict(list)
    for client_id, day in connection.execute(query.distinct()):
        found[client_id].append(day)
    return found


def _sampled(one_in: int) -> Select[tuple[str]]:
    """Each address by its first client alone, so that an address of many clients is no likelier than another.

    Not by the last bits of the number, from which a season's spread takes each client's day.
    """
    own, earlier = clients, clients.alias("earlier")
    is_first = ~exists().where(earlier.c.recipient == own.c.recipient, earlier.c.client_id < own.c.client_id)
    is_of_part = (own.c.id_crc32 // UNSPREAD) % one_in == 0
    return select(own.c.recipient).where(own.c.recipient != "", is_of_part, is_first).order_by(own.c.recipient)


def _without_address(engine: Engine, after: str, only: ColumnElement[bool]) -> list[str]:
    query = (
        select(clients.c.client_id)
        .where(clients.c.recipient == "", clients.c.client_id > after, only)
        .order_by(clients.c.client_id)
        .limit(PAGE_RECIPIENTS)
    )
    with reading(engine) as connection:
        return list(connection.scalars(query))


def _addresses(engine: Engine, after: str, only: ColumnElement[bool]) -> list[str]:
    query = (
        select(clients.c.recipient).where(clients.c.recipient > after, only).distinct().order_by(clients.c.recipient)
    )
    with reading(engine) as connection:
        return list(connection.scalars(query.limit(PAGE_RECIPIENTS)))


def _with_address(engine: Engine, first: str, last: str, only: ColumnElement[bool]) -> list[str]:
    query = select(clients.c.client_id).where(clients.c.recipient >= first, clients.c.recipient <= last, only)
    with reading(engine) as connection:
        return list(connection.scalars(query))
