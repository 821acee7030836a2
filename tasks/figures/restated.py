"""Which closed figures changed since the latest report that was kept before a day, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection, Subquery, and_, exists, or_, select

from models.database.given import in_values
from models.present import clients, projects
from models.tables import closed_purchases
from programme.figures.restated import Purchase, Restated, Restatement, Why, reasons_of, restated
from tasks.figures.closed import closed_at, kept_cells, kept_purchases, latest_report, present_purchases

NAMES = ("client_id", "ordered_on", "value_cents")


def read_restated(connection: Connection, as_of: date) -> tuple[Restated, ...]:
    """By cohort and month; nothing where no earlier report was kept. The tables of `counting` hold the day."""
    kept_on = latest_report(connection, as_of)
    if kept_on is None:
        return ()
    then, now = kept_cells(connection, kept_on), closed_at(connection, kept_on)
    if then == now:
        return ()
    changes = list(_read_changes(connection, kept_on, as_of))
    named = sorted({purchase.client_id for change in changes for purchase in (change.then, change.now) if purchase})
    before = _by_client(connection, kept_purchases(kept_on), named)
    after = _by_client(connection, present_purchases(as_of, kept_on), named)
    return restated(then, now, reasons_of(changes, before, after))


def _read_changes(connection: Connection, kept_on: date, as_of: date) -> Iterator[Restatement]:
    """Every purchase of a closed month that the report of `kept_on` counted otherwise."""
    kept, present = kept_purchases(kept_on), present_purchases(as_of, kept_on)
    was_known = exists().where(
        closed_purchases.c.project_id == present.c.project_id, closed_purchases.c.as_of <= kept_on
    )
    came = (
        select(*present.c[NAMES], *(kept.c[name].label(f"then_{name}") for name in NAMES), was_known.label("was_known"))
        .outerjoin_from(present, kept, kept.c.project_id == present.c.project_id)
        .where(or_(kept.c.project_id.is_(None), *(kept.c[name] != present.c[name] for name in NAMES)))
    )
    for client_id, ordered_on, value_cents, *then, known in connection.execute(came):
        old = Purchase(*then) if then[0] is not None else None
        why = Why.CORRECTED if known else Why.LATE
        yield Restatement(old, Purchase(client_id, ordered_on, value_cents), why)
    is_cancelled = and_(projects.c.cancelled_on.is_not(None), projects.c.cancelled_on <= as_of)
    went = (
        select(*kept.c[NAMES], is_cancelled.label("is_cancelled"), clients.c.erased_on)
        .outerjoin_from(kept, present, kept.c.project_id == present.c.project_id)
        .outerjoin(projects, projects.c.project_id == kept.c.project_id)
        .outerjoin(clients, clients.c.client_id == kept.c.client_id)
        .where(present.c.project_id.is_(None))
    )
    for client_id, ordered_on, value_cents, cancelled, erased_on in connection.execute(went):
        why = Why.CANCELLED if cancelled else Why.ERASED if erased_on else Why.CORRECTED
        yield Restatement(Purchase(client_id, ordered_on, value_cents), None, why)


def _by_client(connection: Connection, purchases: Subquery, client_ids: Iterable[str]) -> dict[str, list[Purchase]]:
    found: dict[str, list[Purchase]] = defaultdict(list)
    query = select(*purchases.c[NAMES]).where(in_values(purchases.c.client_id, client_ids))
    for row in connection.execute(query):
        found[row.client_id].append(Purchase(*row))
    return found
