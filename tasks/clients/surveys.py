"""Who may get a survey, for all clients in one pass: the clients in the order of their addresses, beside a set a rule.

The answer is that of the rules of a survey's kind (programme.terms.kinds.SURVEY_RULES); a test compares the two.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, func, select, text, union

from models.database.engine import reading
from models.events import CHOSEN
from models.present import clients, feedback, is_not_cancelled, projects
from models.suppressions import is_opt_out
from models.tables import consent_history, earlier_recipients, messages, suppressions
from programme.facts.preferences import wanted_at
from programme.terms.schema import Programme
from programme.words.naming.names import says_death
from programme.words.states import COUNTING_STATUSES, PreferenceName, Reason, Topic
from tasks.clients.facts.open_cases import is_negative, is_unresolved, stays_with_project
from tasks.clients.facts.preferences import has_any, read_preferences

ROWS_A_TIME = 10_000


class Surveyed(NamedTuple):
    """A recipient, the record that a survey would go to, and why it may not; `reason` is None for who may get one."""

    recipient: str
    client_id: str
    reason: Reason | None


class _Held(NamedTuple):
    """The addresses that each rule holds."""

    suppressed: frozenset[str]
    not_wanted: frozenset[str]
    open_case: frozenset[str]
    survey_budget: frozenset[str]


def read_surveyed(engine: Engine, programme: Programme, as_of: date) -> Iterator[Surveyed]:
    """One row a recipient, by address; before them each client without a valid address. Erased ones are left out."""
    with reading(engine) as connection:
        held = _read_held(connection, programme, as_of)
        rows = connection.execution_options(yield_per=ROWS_A_TIME).execute(_everyone(as_of))
        for recipient, records in groupby(map(tuple, rows), key=itemgetter(0)):
            if recipient:
                yield _judged(held, recipient, list(records))
            else:
                yield from (Surveyed("", client_id, Reason.NO_ADDRESS) for _, client_id, *_ in records)


def _judged(held: _Held, recipient: str, records: list[Any]) -> Surveyed:
    """The first rule that applies; of several records the first that is not noted as deceased."""
    living = next((client_id for _, client_id, name, _ in records if not says_death(name)), None)
    return Surveyed(recipient, living or records[0][1], _reason(held, recipient, records, living is not None))


def _reason(held: _Held, recipient: str, records: list[Any], is_living: bool) -> Reason | None:
    if not is_living:
        return Reason.NO_ADDRESS
    if recipient in held.suppressed:
        return Reason.SUPPRESSED
    if recipient in held.not_wanted:
        return Reason.NOT_WANTED
    if records[0][3] is None:  # the latest delivery of all records stands first
        return Reason.NO_DELIVERY
    if recipient in held.open_case:
        return Reason.OPEN_CASE
    return Reason.SURVEY_BUDGET if recipient in held.survey_budget else None


def _everyone(as_of: date) -> Select[Any]:
    """Every client by address, then by latest delivered project, then by id: the order of programme.campaigns."""
    own = projects.c
    latest = (
        select(own.client_id, func.max(own.delivered_on).label("latest"))
        .where(own.delivered_on <= as_of, is_not_cancelled(as_of))
        .group_by(own.client_id)
        .subquery()
    )
    return (
        select(*clients.c["recipient", "client_id", "name"], latest.c.latest)
        .outerjoin(latest, latest.c.client_id == clients.c.client_id)
        .where(clients.c.erased_on.is_(None))
        .order_by(clients.c.recipient, latest.c.latest.desc().nulls_last(), clients.c.client_id)
    )


def _read_held(connection: Connection, programme: Programme, as_of: date) -> _Held:
    return _Held(
        frozenset(connection.scalars(_suppressed(as_of))),
        _read_unwilling(connection, as_of),
        frozenset(connection.scalars(_in_open_case(programme, as_of))),
        frozenset(connection.scalars(_surveyed(programme, as_of))),
    )


def _suppressed(as_of: date) -> Any:
    """On the list itself, or opted out under an earlier address."""
    opted_out = (
        select(clients.c.recipient)
        .join_from(clients, earlier_recipients, earlier_recipients.c.client_id == clients.c.client_id)
        .join(suppressions, suppressions.c.email == earlier_recipients.c.recipient)
        .where(suppressions.c.since <= as_of, is_opt_out())
    )
    return union(select(suppressions.c.email).where(suppressions.c.since <= as_of), opted_out)


def _in_open_case(programme: Programme, as_of: date) -> Any:
    """Of who complained, and of whose project the complaint stays with."""
    own = feedback.c
    is_open = is_negative(programme.health) & (own.given_on <= as_of) & is_unresolved(as_of)
    by_client = select(clients.c.recipient).join(feedback, own.client_id == clients.c.client_id).where(is_open)
    by_project = (
        select(clients.c.recipient)
        .join(projects, projects.c.client_id == clients.c.client_id)
        .join(feedback, own.project_id == projects.c.project_id)
        .where(is_open, stays_with_project())
    )
    return union(by_client, by_project)


def _surveyed(programme: Programme, as_of: date) -> Any:
    kinds = [kind.id for kind in programme.kinds.values() if kind.is_survey]
    first = as_of - timedelta(days=programme.care.survey_gap_days - 1)
    return (
        select(messages.c.recipient)
        .where(messages.c.as_of.between(first, as_of), messages.c.touchpoint.in_(kinds))
        .where(messages.c.status.in_([status.value for status in COUNTING_STATUSES]))
        .distinct()
    )


def _read_unwilling(connection: Connection, as_of: date) -> frozenset[str]:
    """Those who switched the topic of surveys off, also under an earlier address."""
    if not has_any(connection):
        return frozenset()
    history = consent_history.c
    is_chosen = text(f"consent_history.{CHOSEN}")
    topic = f"{PreferenceName.TOPIC}:{Topic.RESEARCH}"
    chose = select(history.recipient).where(is_chosen, history.subject == topic)
    moved = (
        select(clients.c.recipient)
        .join_from(clients, earlier_recipients, earlier_recipients.c.client_id == clients.c.client_id)
        .where(earlier_recipients.c.recipient.in_(chose))
    )
    choices = read_preferences(connection, list(connection.scalars(union(chose, moved))))
    return frozenset(address for address, made in choices.items() if Topic.RESEARCH in wanted_at(made, as_of).unwanted)
