"""The suppression list: unsubscribing, lifting, and the exchange with the provider's own lists.

Our list is the truth; the provider's is a second safety net. No command of ours ever deletes anything at the provider.
Source: SendGrid's suppressions API (OpenAPI tsg_suppressions_v3).
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Engine, select, update

from models.database.engine import reading, writing, writing_durably
from models.database.given import in_values
from models.erased import erased_among
from models.settings import Settings
from models.suppressions import Suppression, is_opt_out, lift, read_opt_outs, suppress, suppress_all
from models.tables import messages, suppressions, sync_cursors
from programme.words.addresses import LONGEST_ADDRESS, compared
from programme.words.dates import day_in_amsterdam
from programme.words.states import SuppressionReason
from tasks.providers.sendgrid.events import FIRST_PLAUSIBLE_SECOND

PAGE_ROWS = 500  # the most that one page may hold
PUSH_ROWS = 500  # no limit is documented; a page's worth is surely accepted
OVERLAP = timedelta(days=2)  # covers entries that the provider lists late, and errors of our clock
TIMEOUT_SECONDS = 20
LISTS = {
    "unsubscribes": SuppressionReason.UNSUBSCRIBE,
    "spam_reports": SuppressionReason.SPAM_REPORT,
    "bounces": SuppressionReason.BOUNCE,
    "invalid_emails": SuppressionReason.INVALID,
}
# Opt-outs by people. Reports by servers are not pushed, because the provider made them itself.
PUSHED_REASONS = (SuppressionReason.UNSUBSCRIBE, SuppressionReason.SPAM_REPORT, SuppressionReason.MANUAL)
GLOBAL_LIST = "asm/suppressions/global"


class Api(Protocol):
    """GET of a path below /v3, or POST when there is a body; returns the parsed JSON of a 2xx answer.

    Raises SyncFailed.
    """

    def __call__(self, path: str, query: dict[str, str] | None = None, body: object = None) -> Any:
        """Send the request."""
        ...


class SyncFailed(Exception):
    """The provider could not be reached or refused the request; what was exchanged so far is kept."""


class NotSuppressed(Exception):
    """The suppression that was to be lifted does not exist."""


class SyncReport(NamedTuple):
    """Rows pulled by list, the number of new ones, the number without an address, and the number of opt-outs pushed."""

    pulled: dict[str, int]
    news: int
    unreadable: int
    pushed: int


def unsubscribe(engine: Engine, message_id: str, source: str, at: datetime) -> bool:
    """Suppress the recipient of a message, in one transaction that survives a power cut. Safe to repeat.

    Args:
        source: page or one_click.

    Returns:
        False, with nothing done, when there is no such message.
    """
    with writing_durably(engine) as connection:
        recipient = _recipient_of(connection, message_id)
        if recipient is None:
            return False
        day = day_in_amsterdam(at)
        suppress(
            connection,
            recipient,
            SuppressionReason.UNSUBSCRIBE,
            day,
            source=source,
            changed_at=at,
            message_id=message_id,
        )
        return True


def is_unsubscribed(engine: Engine, message_id: str) -> bool | None:
    """Whether the recipient of a message opted out; None when there is no such message.

    A bounce is no wish: it ends with the address, so whoever then opts out must still be heard.
    """
    with reading(engine) as connection:
        recipient = _recipient_of(connection, message_id)
        if recipient is None:
            return None
        said = select(suppressions.c.email).where(suppressions.c.email == recipient, is_opt_out())
        return connection.execute(said).first() is not None


def lift_suppression(engine: Engine, email: str, by_name: str, proof: str, at: datetime) -> None:
    """Take an address off our list, and record the name and the proof. Raises NotSuppressed."""
    recipient = compared(email)
    with writing(engine) as connection:
        if lift(connection, recipient, by_name, proof, at):
            return
        opted_out = read_opt_outs(connection, [recipient]).get(recipient)
    if opted_out:
        raise NotSuppressed(
            f"{recipient} is not on the suppression list itself; its client opted out as {opted_out.email}. "
            f"Lift that address; nothing was changed"
        )
    raise NotSuppressed(f"{recipient} is not on the suppression list; nothing was changed")


def sync_suppressions(engine: Engine, api: Api, now: datetime, keys: Sequence[bytes] = ()) -> SyncReport:
    """Pull the provider's lists into ours, then push our opt-outs to its global list. Safe to repeat.

    Args:
        keys: that tell the addresses of erased persons, which are left at the provider.

    Raises:
        SyncFailed: the next call continues where this one stopped.
    """
    pulled, news, unreadable = {}, 0, 0
    for name, reason in LISTS.items():
        pulled[name] = 0
        for page in _pages(api, name, _read_cursor(engine, name), now):
            found = [one for row in page if (one := _suppression(row, reason, now))]
            pulled[name] += len(found)
            unreadable += len(page) - len(found)
            news += _keep(engine, found, reason, now, keys)
        _write_cursor(engine, name, now)
    return SyncReport(pulled, news, unreadable, _push(engine, api, now))


def open_api(settings: Settings) -> Api:
    """The provider's API with the key from the settings. Raises SyncFailed when no key is set."""
    from tasks.providers.sendgrid.wire import AnswerLost, NotSent, SendGridWire

    if settings.sendgrid_api_key is None:
        raise SyncFailed("BOUWCLUB_SENDGRID_API_KEY is not set; it is needed to reach the provider's lists")
    wire = SendGridWire(settings, TIMEOUT_SECONDS)

    def call(path: str, query: dict[str, str] | None = None, body: object = None) -> Any:
        try:
            reply = wire.get(path, query) if body is None else wire.post(path, json.dumps(body).encode())
        except (NotSent, AnswerLost) as error:
            raise SyncFailed(f"{settings.sendgrid_host} gave no answer for {path}: {error}. Try again later.") from None
        if not 200 <= reply.status < 300:
            raise SyncFailed(_refusal(reply.status, path))
        try:
            return json.loads(reply.body or b"null")
        except ValueError:
            raise SyncFailed(f"the answer to {path} is no JSON; check BOUWCLUB_SENDGRID_HOST") from None

    return call


def _refusal(status: int, path: str) -> str:
    if status in (401, 403):
        return f"the provider refused the key ({status} for {path}); check BOUWCLUB_SENDGRID_API_KEY and its scopes"
    if status == 429:
        return f"the provider asks to slow down (429 for {path}); what was exchanged is kept, try again in a minute"
    return f"the provider answered {status} for {path}; check BOUWCLUB_SENDGRID_HOST, or try again later"


def _recipient_of(connection: Connection, message_id: str) -> str | None:
    recipient: str | None = connection.execute(
        select(messages.c.recipient).where(messages.c.message_id == message_id)
    ).scalar()
    return recipient


def _pages(api: Api, name: str, reached_at: datetime | None, now: datetime) -> Iterator[list[Any]]:
    """The rows of one list since shortly before the last exchange; a fixed end keeps the pages stable."""
    since = int((reached_at - OVERLAP).timestamp()) if reached_at else 0
    window = {"start_time": str(since), "end_time": str(int(now.timestamp()))}
    offset, before = 0, None
    while True:
        page = api(f"suppression/{name}", window | {"limit": str(PAGE_ROWS), "offset": str(offset)})
        if not isinstance(page, list):
            raise SyncFailed(f"the provider's list {name} is no list; check BOUWCLUB_SENDGRID_HOST")
        if page == before:
            raise SyncFailed(
                f"the provider gave the same {len(page)} rows of {name} at offset {offset} as before it, so the rest "
                "cannot be read; what was exchanged is kept; check BOUWCLUB_SENDGRID_HOST"
            )
        yield page
        if len(page) < PAGE_ROWS:
            return
        offset, before = offset + PAGE_ROWS, page


def _suppression(row: Any, reason: SuppressionReason, now: datetime) -> Suppression | None:
    email, created = (row.get("email"), row.get("created")) if isinstance(row, dict) else (None, None)
    if not isinstance(email, str) or not email.strip():
        return None
    moment = now
    if isinstance(created, int) and created >= FIRST_PLAUSIBLE_SECOND:
        moment = min(now, datetime.fromtimestamp(min(created, now.timestamp()), UTC))
    return Suppression(compared(email)[:LONGEST_ADDRESS], reason, day_in_amsterdam(moment), moment)


def _keep(
    engine: Engine, found: list[Suppression], reason: SuppressionReason, now: datetime, keys: Sequence[bytes]
) -> int:
    """Store one page in one transaction, and return the number of new rows.

    Addresses that we pushed to the provider's list ourselves are skipped.
    """
    with writing(engine) as connection:
        query = select(suppressions.c.email).where(
            in_values(suppressions.c.email, [one.recipient for one in found]),
            suppressions.c.pushed_at.is_not(None),
        )
        own = set(connection.execute(query).scalars()) if reason == SuppressionReason.UNSUBSCRIBE else set()
        own |= erased_among(connection, keys, {one.recipient for one in found})
        theirs = [one for one in found if one.recipient not in own]
        return len(suppress_all(connection, theirs, source="sync", changed_at=now))


def _push(engine: Engine, api: Api, now: datetime) -> int:
    with reading(engine) as connection:
        query = select(suppressions.c.email).where(
            suppressions.c.pushed_at.is_(None),
            suppressions.c.reason.in_([reason.value for reason in PUSHED_REASONS]),
            suppressions.c.since <= day_in_amsterdam(now),
        )
        waiting = list(connection.execute(query.order_by(suppressions.c.email)).scalars())
    for start in range(0, len(waiting), PUSH_ROWS):
        part = waiting[start : start + PUSH_ROWS]
        api(GLOBAL_LIST, body={"recipient_emails": part})
        with writing(engine) as connection:
            mark = update(suppressions).where(in_values(suppressions.c.email, part))
            connection.execute(mark.values(pushed_at=now))
    return len(waiting)


def _read_cursor(engine: Engine, name: str) -> datetime | None:
    with reading(engine) as connection:
        query = select(sync_cursors.c.reached_at).where(sync_cursors.c.name == f"sendgrid/{name}")
        reached_at: datetime | None = connection.execute(query).scalar()
    return reached_at.replace(tzinfo=UTC) if reached_at and reached_at.tzinfo is None else reached_at


def _write_cursor(engine: Engine, name: str, now: datetime) -> None:
    mine = sync_cursors.c.name == f"sendgrid/{name}"
    with writing(engine) as connection:
        if not connection.execute(update(sync_cursors).where(mine).values(reached_at=now)).rowcount:
            connection.execute(sync_cursors.insert().values(name=f"sendgrid/{name}", reached_at=now))
