"""What each event of a drill does: facts go through the import, the rest through what page, hook and desk call."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from flows.drill_facts import FACTS, Fact, as_fact, import_facts
from flows.drill_mails import answer_case, answer_page, deliver_message, is_standing, make_message, open_message
from models.database.engine import writing
from programme.words.dates import moment_from
from tasks.base.workspace import Workspace
from tasks.care.acting.absences import come_back, go_away
from tasks.care.acting.case_acts import change_severity, record_erasing, resolve_case
from tasks.care.acting.opening_acts import open_act
from tasks.care.acting.outcomes import record_outcome
from tasks.inbound.replies.storing import add_interaction
from tasks.privacy.erasing import erase_person


class EventRefused(Exception):
    """An event that cannot be played; `line` is its place in the file."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class Player:
    """Plays events one after another; facts are gathered until something else needs them, or a tick comes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.facts: list[Fact] = []

    def __enter__(self) -> "Player":
        self.folder = TemporaryDirectory(prefix="bouwclub-drill-")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.folder.cleanup()

    def play(self, line: int, kind: str, at: datetime, values: Mapping[str, Any]) -> None:
        """Play one event. Raises EventRefused, CareRefused."""
        if kind in FACTS and not values.get("reply"):
            self.facts.append(as_fact(line, kind, at, values))
            return
        act = ACTS.get("reply" if values.get("reply") else kind)
        if act is None:
            raise EventRefused(line, f"type {kind!r} is not one of {', '.join(sorted({*FACTS, *ACTS, 'down'}))}")
        self.flush()
        try:
            act(self.workspace, at, values)
        except KeyError as error:
            raise EventRefused(line, f"{kind}: {error.args[0]} is missing") from None
        except ValueError as error:
            raise EventRefused(line, f"{kind}: {error}") from None

    def flush(self) -> None:
        """Import the facts that were gathered. Raises EventRefused."""
        facts, self.facts = self.facts, []
        if facts and (refused := import_facts(self.workspace, Path(self.folder.name), facts)):
            raise EventRefused(*refused)


Values = Mapping[str, Any]
Does = Callable[[Workspace, datetime, Values], None]


def _done(workspace: Workspace, at: datetime, values: Values) -> None:
    fix_by = date.fromisoformat(values["fix_by"]) if values.get("fix_by") else None
    task_id, outcome, by = values["task_id"], values["outcome"], values["by"]
    with writing(workspace.engine) as connection:
        record_outcome(open_act(connection, workspace.programme, by, at), task_id, outcome, fix_by=fix_by)


def _resolve(workspace: Workspace, at: datetime, values: Values) -> None:
    with writing(workspace.engine) as connection:
        resolve_case(open_act(connection, workspace.programme, values["by"], at), values["case_id"])


def _severity(workspace: Workspace, at: datetime, values: Values) -> None:
    with writing(workspace.engine) as connection:
        act = open_act(connection, workspace.programme, values["by"], at)
        change_severity(act, values["case_id"], values["severity"])


def _away(workspace: Workspace, at: datetime, values: Values) -> None:
    until, name = moment_from(values["until"]), values["name"]
    with writing(workspace.engine) as connection:
        go_away(open_act(connection, workspace.programme, values.get("by", name), at), name, until)


def _back(workspace: Workspace, at: datetime, values: Values) -> None:
    name = values["name"]
    with writing(workspace.engine) as connection:
        come_back(open_act(connection, workspace.programme, values.get("by", name), at), name)


def _answer(workspace: Workspace, at: datetime, values: Values) -> None:
    (answer_case if "case_id" in values else answer_page)(workspace, at, values)


def _erase(workspace: Workspace, at: datetime, values: Values) -> None:
    by = values.get("by") or workspace.programme.people[0].name
    erase_person(workspace, values["client_id"], by, at, record_erasing, lambda _ids: 0, ends_case=True, alone=True)


def _reply(workspace: Workspace, at: datetime, values: Values) -> None:
    client_id = values["client_id"]
    with writing(workspace.engine) as connection:
        if is_standing(connection, client_id):
            add_interaction(connection, values["interaction_id"], client_id, at)


ACTS: Mapping[str, Does] = {
    "answer": _answer,
    "message": make_message,
    "delivered": deliver_message,
    "opened": open_message,
    "done": _done,
    "resolve": _resolve,
    "severity": _severity,
    "erase": _erase,
    "away": _away,
    "back": _back,
    "reply": _reply,
}
