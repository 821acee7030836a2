"""The one place that puts an address on the suppression list and takes it off again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, delete, insert, select

from models.database import clock
from models.database.given import in_given, in_values
from models.present import clients
from models.tables import consent_history, earlier_recipients, suppressions
from programme.words.dates import day_in_amsterdam
from programme.words.states import SuppressionReason

SUPPRESSED = "suppressed"
LIFTED = "lifted"

OPT_OUTS = (SuppressionReason.UNSUBSCRIBE, SuppressionReason.SPAM_REPORT)

# Of two opt-outs, or of two other reasons on the same day, the one with the lower number is kept.
_WEIGHT = {
    SuppressionReason.UNSUBSCRIBE: 0,
    SuppressionReason.SPAM_REPORT: 1,
    SuppressionReason.MANUAL: 2,
    SuppressionReason.BOUNCE: 3,
    SuppressionReason.INVALID: 4,
}


class Suppression(NamedTuple):
    """A wish or a fact that stops all mail to an address.

    Attributes:
        occurred_at: aware; None when only the day is known.
        message_id: the mail that it was about, when known.
    """

    recipient: str
    reason: SuppressionReason
    since: date
    occurred_at: datetime | None = None
    message_id: str | None = None


def suppress(
    connection: Connection,
    recipient: str,
    reason: SuppressionReason,
    since: date,
    *,
    source: str,
    changed_at: datetime,
    message_id: str | None = None,
) -> None:
    """Put one address on the list, in the caller's transaction. Safe to repeat. See suppress_all."""
    suppress_all(
        connection,
        [Suppression(recipient, reason, since, changed_at, message_id)],
        source=source,
        changed_at=changed_at,
    )


def suppress_all(
    connection: Connection, wanted: Iterable[Suppression], *, source: str, changed_at: datetime
) -> list[Suppression]:
    """Put addresses on the list, in the caller's transaction; the earliest date of each is kept. Safe to repeat.

    The reason is that of the earliest date, but an opt-out outranks all others whatever their dates: it follows the
    person to a new address, and an earlier bounce must not end that.

    An event from before a person lifted the suppression is over: it does not come back because a provider or an import
    reports it again.

    Args:
        source: page, one_click, webhook, sync or import.

    Returns:
        The new ones, one for each (recipient, reason), as also added to the history.
    """
    every = [one for one in wanted if one.recipient]
    if not every:
        return []
    past = _read_history(connection, {one.recipient for one in every})
    valid = [one for one in every if not past.is_over(one)]
    news = {
        (one.recipient, one.reason): one for one in reversed(valid) if (one.recipient, one.reason) not in past.known
    }
    if valid:
        _upsert(connection, sorted(valid, key=lambda one: one.recipient))
    if news:  # who wrote the same a moment ago had the address, and is done
        known = _read_history(connection, {one.recipient for one in news.values()}).known
        news = {key: one for key, one in news.items() if key not in known}
    if news:
        connection.execute(insert(consent_history), [_history_row(one, source, changed_at) for one in news.values()])
    return list(news.values())


def lift(connection: Connection, recipient: str, by_name: str, proof: str, lifted_at: datetime) -> bool:
    """Take an address off the list, in the caller's transaction, and record who did it and on what proof.

    Returns:
        False, with nothing written, when the address was not on the list.
    """
    row = connection.execute(select(suppressions).where(suppressions.c.email == recipient)).one_or_none()
    if row is None:
        return False
    connection.execute(delete(suppressions).where(suppressions.c.email == recipient))
    connection.execute(
        insert(consent_history).values(
            recipient=recipient,
            change=LIFTED,
            reason=row.reason,
            since=row.since,
            changed_at=lifted_at,
            source="cli",
            by_name=by_name,
            proof=proof,
        )
    )
    return True


class OptOut(NamedTuple):
    """An opt-out that a person gave under an earlier address of one of his client records."""

    email: str
    since: date
    reason: str


def is_opt_out() -> ColumnElement[bool]:
    """SQL for: the row of the list is a person's opt-out, not a server's report about the address."""
    return suppressions.c.reason.in_([reason.value for reason in OPT_OUTS])


def _opt_outs(whose: ColumnElement[str]) -> Select[Any]:
    return (
        select(whose, *suppressions.c["email", "since", "reason"])
        .join_from(clients, earlier_recipients, earlier_recipients.c.client_id == clients.c.client_id)
        .join(suppressions, suppressions.c.email == earlier_recipients.c.recipient)
        .where(in_given(whose, "keys"), is_opt_out())
        .order_by(suppressions.c.since.desc(), suppressions.c.email.desc())
    )


_BY_ADDRESS, _BY_CLIENT = _opt_outs(clients.c.recipient), _opt_outs(clients.c.client_id)


def read_opt_outs(connection: Connection, addresses: Iterable[str]) -> dict[str, OptOut]:
    """For each address, the earliest opt-out under an earlier address of its clients; addresses without one are absent.

    An opt-out belongs to the person and follows him to a new address; a bounce belongs to the address (rule 2).
    """
    return {key: OptOut(*found) for key, *found in connection.execute(_BY_ADDRESS, {"keys": [*addresses]})}


def read_own_opt_outs(connection: Connection, client_ids: Iterable[str]) -> dict[str, OptOut]:
    """The same by client id, for clients without an address: they share nothing, but what each said still stands."""
    return {key: OptOut(*found) for key, *found in connection.execute(_BY_CLIENT, {"keys": [*client_ids]})}


class _Past(NamedTuple):
    """When each address was last lifted, and which reasons the history has recorded since then."""

    lifted_at: dict[str, datetime]
    known: set[tuple[str, str]]

    def is_over(self, one: Suppression) -> bool:
        lifted_at = self.lifted_at.get(one.recipient)
        if lifted_at is None:
            return False
        if one.occurred_at is not None:
            return one.occurred_at <= lifted_at
        return one.since < day_in_amsterdam(lifted_at)


def _read_history(connection: Connection, recipients: set[str]) -> _Past:
    past = _Past({}, set())
    rows = connection.execute(
        select(*consent_history.c["recipient", "change", "reason", "changed_at"])
        .where(in_values(consent_history.c.recipient, sorted(recipients)))
        .order_by(consent_history.c.id)
    )
    for row in rows:
        if row.change == LIFTED:
            past.lifted_at[row.recipient] = clock.aware(row.changed_at)
            past.known.difference_update([(row.recipient, reason) for reason in SuppressionReason])
        elif row.change == SUPPRESSED:
            past.known.add((row.recipient, row.reason))
    return past


def _upsert(connection: Connection, rows: Sequence[Suppression]) -> None:
    """Insert or update in the order of the addresses, so that two transactions cannot wait for each other."""
    values = [{"email": row.recipient, "reason": str(row.reason), "since": row.since} for row in rows]
    from sqlalchemy.dialects import postgresql, sqlite

    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(suppressions)
    new, old = statement.excluded, suppressions.c
    weights = {str(reason): number for reason, number in _WEIGHT.items()}
    weight, old_weight = case(weights, value=new.reason), case(weights, value=old.reason, else_=9)
    last_opt_out = max(_WEIGHT[reason] for reason in OPT_OUTS)
    is_earlier = new.since < old.since
    is_first = is_earlier & (old_weight > last_opt_out)
    is_weightier = (weight < old_weight) & ((new.since == old.since) | (weight <= last_opt_out))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[old.email],
            set_={
                "since": case((is_earlier, new.since), else_=old.since),
                "reason": case((is_first | is_weightier, new.reason), else_=old.reason),
            },
        ),
        values,
    )


def _history_row(one: Suppression, source: str, changed_at: datetime) -> dict[str, Any]:
    return {
        "recipient": one.recipient,
        "change": SUPPRESSED,
        "reason": str(one.reason),
        "since": one.since,
        "changed_at": changed_at,
        "source": source,
        "message_id": one.message_id,
    }
