"""What if the programme were another: both are simulated over the same days, for everyone, with nothing written."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from models.database.engine import reading
from programme.facts.records import Recipient
from programme.insight.differences import Differences, MessageChange
from programme.insight.simulated_runs import Horizon, LaterActivity
from programme.rules.decide import Decision
from programme.terms.checks.check import check
from programme.terms.faults import Fault
from programme.terms.schema import Programme
from tasks.base.programme_file import TEMPLATES, ProgrammeInvalid, check_programme, load_programme
from tasks.clients.facts.audience import read_recipients
from tasks.clients.pages import read_later_activity, read_pages

Progress = Callable[[int], None]
"""Called with the number of clients done since the last call."""

CSV_HEADER = (
    *("change", "client_id", "touchpoint", "occasion"),
    *("now_on", "now_outcome", "now_reason", "new_on", "new_outcome", "new_reason"),
)
TYPED_IN = "tekst"  # the file name in faults of a text from the form in the Prefect UI


def compare_programmes(
    engine: Engine,
    now: Programme,
    new: Programme,
    first: date,
    last: date,
    differences: Differences,
    progress: Progress | None = None,
) -> Iterator[MessageChange]:
    """The differences between the runs of both programmes on `first` … `last`, recipient by recipient.

    Both start from the messages dated before `first`. Real messages of the period itself, or later, are ignored for
    both,
    and close no key, so a period that was already sent can be compared as well as one to come. Facts count from their
    own day on, as for every run.

    Args:
        differences: receives the counts; complete once the iterator is exhausted.
    """
    old_horizon, new_horizon = Horizon(now, first, last), Horizon(new, first, last)
    for client_ids in read_pages(engine):
        with reading(engine) as connection:
            recipients = read_recipients(connection, now, client_ids, first)
            others = recipients if read_alike(now, new) else read_recipients(connection, new, client_ids, first)
            later = _read_later(connection, recipients, first, last)
        for recipient, other in zip(recipients, others, strict=True):
            yield from differences.add(_decisions(old_horizon, recipient, later), _decisions(new_horizon, other, later))
        if progress:
            progress(len(client_ids))


class Comparison(NamedTuple):
    """A comparison as a page shows it; `people` has the first changes, by recipient."""

    now: Programme
    new: Programme
    first: date
    last: date
    differences: Differences
    people: list[MessageChange]


def compare(engine: Engine, now: Programme, new: Programme, first: date, last: date, people: int) -> Comparison:
    """The whole comparison, with at most `people` changes. Nothing is written."""
    differences = Differences()
    shown: list[MessageChange] = []
    for change in compare_programmes(engine, now, new, first, last, differences):
        if len(shown) < people:
            shown.append(change)
    return Comparison(now, new, first, last, differences, shown)


def csv_row(change: MessageChange) -> tuple[str | None, ...]:
    """A change as a row under CSV_HEADER."""
    now, new = change.now, change.new
    return (
        str(change.kind),
        change.client_id,
        change.touchpoint,
        change.occasion,
        *(_iso(now.on), now.outcome, now.reason),
        *(_iso(new.on), new.outcome, new.reason),
    )


def load_other(path: Path, own: Path | None = None) -> tuple[Programme, list[Fault]]:
    """Another programme file, checked in full, and the faults of its missing mails, which a comparison does not need.

    Args:
        own: the firm's own templates.

    Raises:
        ProgrammeInvalid: with all faults, when any is not about a missing mail.
    """
    faults = check_programme(path, TEMPLATES, own)
    missing_mails = faults
    if faults:
        in_file = check_programme(path, None)
        if in_file:
            raise ProgrammeInvalid(faults, path.name)
    return load_programme(path), missing_mails


def programme_in(text: str) -> Programme:
    """A whole programme file given as text. Raises ProgrammeInvalid with all its faults."""
    return _checked(_parsed(text))


def with_changes(path: Path, changes: str) -> Programme:
    """The programme of a file with some keys changed by TOML lines such as `caps.marketing_gap_days = 10`.

    Tables are changed key by key; a list is replaced as a whole.

    Raises:
        ProgrammeInvalid: with all faults of the result.
    """
    return _checked(_merged(tomllib.loads(path.read_text(encoding="utf-8-sig")), _parsed(changes)))


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeInvalid(
            [Fault((), f"is not valid TOML: {error}. Correct it and try again.")], TYPED_IN
        ) from None


def _checked(raw: dict[str, Any]) -> Programme:
    if faults := check(raw, None):
        raise ProgrammeInvalid(faults, TYPED_IN)
    return Programme.model_validate(raw)


def _merged(table: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    both_tables = {
        name: _merged(table[name], change)
        for name, change in changes.items()
        if isinstance(change, dict) and isinstance(table.get(name), dict)
    }
    return table | changes | both_tables


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _decisions(horizon: Horizon, recipient: Recipient, later: LaterActivity) -> Iterator[Decision]:
    messages = tuple(message for message in recipient.messages if message.as_of < horizon.first)
    return horizon.decisions_of(replace(recipient, messages=messages), later)


def read_alike(now: Programme, new: Programme) -> bool:
    """Whether both programmes read the same facts: which referrals count for tiers, and how far back messages count."""
    return _asked_of_facts(now) == _asked_of_facts(new)


def _asked_of_facts(programme: Programme) -> tuple[object, ...]:
    repeats = {touchpoint.repeat_days for touchpoint in programme.touchpoints.values()}
    return programme.referral, programme.partners, programme.caps.longest_gap_days, repeats


def _read_later(connection: Connection, recipients: list[Recipient], first: date, last: date) -> dict[str, list[date]]:
    ids = [client.client_id for recipient in recipients for client in recipient.clients]
    return read_later_activity(connection, ids, first, last)
