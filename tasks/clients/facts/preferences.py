"""What people chose on the preference page, as the rules and the figures read it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import Connection, func, select, text

from models.database.given import in_given
from models.events import CHOSEN
from models.present import clients
from models.tables import consent_history, earlier_recipients
from programme.facts.records import Preference

_IS_CHOSEN = text(f"consent_history.{CHOSEN}")
_CHOICE = consent_history.c["changed_at", "id", "subject", "value", "since"]
_OWN = select(consent_history.c.recipient, *_CHOICE).where(
    _IS_CHOSEN, in_given(consent_history.c.recipient, "addresses")
)
_EARLIER = (
    select(clients.c.recipient, *_CHOICE)
    .join_from(clients, earlier_recipients, earlier_recipients.c.client_id == clients.c.client_id)
    .join(consent_history, consent_history.c.recipient == earlier_recipients.c.recipient)
    .where(_IS_CHOSEN, in_given(clients.c.recipient, "addresses"))
)
_ANY = select(text("1")).select_from(consent_history).where(_IS_CHOSEN).limit(1)


def read_preferences(connection: Connection, addresses: Collection[str]) -> dict[str, tuple[Preference, ...]]:
    """The choices made for these addresses, in order of time; addresses without any are absent.

    As an opt-out does, a choice follows the person: one made under an earlier address of a client counts as well.
    """
    if not has_any(connection):
        return {}
    found: dict[str, set[tuple[datetime, int, str, str, date]]] = defaultdict(set)
    for query in (_OWN, _EARLIER):
        for recipient, *row in connection.execute(query, {"addresses": [*addresses]}):
            found[recipient].add(tuple(row))
    return {
        recipient: tuple(Preference(*row[2:]) for row in sorted(rows, key=itemgetter(0, 1)))
        for recipient, rows in found.items()
    }


def count_choices(connection: Connection, as_of: date) -> dict[tuple[str, str], int]:
    """The number of addresses for which each choice stands on that day, by (name, value)."""
    history = consent_history.c
    place = func.row_number().over(
        partition_by=(history.recipient, history.subject), order_by=(history.changed_at.desc(), history.id.desc())
    )
    ranked = (
        select(history.subject, history.value, place.label("place"))
        .where(_IS_CHOSEN, history.since <= as_of)
        .subquery()
    )
    query = (
        select(ranked.c.subject, ranked.c.value, func.count())
        .where(ranked.c.place == 1)
        .group_by(ranked.c.subject, ranked.c.value)
        .order_by(ranked.c.subject, ranked.c.value)
    )
    return {(name, value): number for name, value, number in connection.execute(query)}


def has_any(connection: Connection) -> bool:
    """Whether anybody ever chose anything; answered by an index, whatever the size of the history."""
    return connection.execute(_ANY).first() is not None
