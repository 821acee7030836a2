"""The demo: a folder of its own with a made-up CRM export, ten days of history, and one day's mails to look at."""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import func, select

from flows.day import PLAIN, DaySteps, run_day
from flows.period import run_period
from models.database.engine import open_engine, reading
from models.settings import SECRET_KEY_FILE, Settings
from models.tables import decisions, messages
from programme.sending.report import DayReport
from programme.words.states import Flow, Outcome, Reason, RunMode
from sample import money, write_sample
from sample.care import play_care
from tasks.base.programme_file import load_programme
from tasks.base.workspace import Workspace
from tasks.importing.folder import import_folder
from tasks.importing.report import ImportReport
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.runs.backfill import period_of
from tasks.runs.day import Day

DEMO_DAY = date(2026, 3, 2)  # the second day of a season, so that every touchpoint has somebody
HISTORY_DAYS = 10
MARK = ".bouwclub-demo"
OWN_FOLDERS = ("export", "outbox", money.FOLDER, ".bouwclub")
OWN_FILES = (
    "bouwclub.db",
    "bouwclub.db-wal",
    "bouwclub.db-shm",
    "rejected.csv",
    money.PROGRAMME_FILE,
    money.ENVIRONMENT_FILE,
)

Told = Callable[[str], None]


class DemoFolderTaken(Exception):
    """The folder holds something that no demo has made."""


@dataclass(frozen=True)
class Demo:
    """What the demo made.

    Attributes:
        reports: of the daily and the win-back run of the day.
        clients: (client id, why it is worth a look), three of them.
        preview: touchpoint and client of a mail that went out.
        money: a year of referrals, what was paid of it, and what waits.
    """

    workspace: Workspace
    folder: Path
    imported: ImportReport
    reports: list[DayReport]
    index: Path
    clients: list[tuple[str, str]]
    preview: tuple[str, str] | None
    money: money.DemoMoney


def make_demo(folder: Path, as_of: date = DEMO_DAY, told: Told = lambda _: None, steps: DaySteps = PLAIN) -> Demo:
    """Make the demo anew. Nothing leaves the machine, and no setting of the user's environment counts.

    Args:
        told: called with each step as it begins.
        steps: of a day, the plain ones or such as show their progress.

    Raises DemoFolderTaken when the folder is not empty and no demo has made it.
    """
    steps = replace(steps, index_outbox=lambda _: None)  # the outbox is indexed once, at the end
    _clear(folder, as_of)
    workspace = _workspace(folder, as_of)
    told("writing a sample CRM export")
    write_sample(folder / "export", as_of)
    told("importing it")
    imported = import_folder(
        workspace.engine, folder / "export", imported_at=datetime.now(UTC), rejected_path=folder / "rejected.csv"
    )
    told("playing a year of referrals")
    referrers = money.play_sign_ups(workspace, as_of)
    told(f"logging the {HISTORY_DAYS} days before")
    first, last = as_of - timedelta(days=HISTORY_DAYS), as_of - timedelta(days=1)
    run_period(steps, period_of(workspace, first, last, tuple(Flow), RunMode.LOG, today=as_of))
    reports = []
    for flow in Flow:
        told(f"running {flow} as of {as_of}")
        reports.append(run_day(steps, Day(workspace, flow, as_of, RunMode.SEND, today=as_of, confirm=True)))
    told("settling that year")
    settled = money.play_money(workspace, folder / money.FOLDER, as_of, referrers)
    told("following the complaints of the last days")
    play_care(workspace, as_of)
    told("writing the outbox")
    return Demo(
        workspace,
        folder,
        imported,
        reports,
        refresh_outbox_pages(workspace),
        _worth_a_look(workspace, as_of),
        _to_preview(workspace, as_of),
        settled,
    )


def _clear(folder: Path, as_of: date) -> None:
    """Take away what the last demo made; whatever else is in its folder stays."""
    if folder.exists() and not folder.is_dir():
        raise DemoFolderTaken(f"{folder} is a file; name another folder with --dir")
    mark = folder / MARK
    if folder.is_dir() and any(folder.iterdir()) and not mark.is_file():
        raise DemoFolderTaken(f"{folder} holds files that no demo has made; name another folder with --dir")
    for name in OWN_FOLDERS:
        path = folder / name
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
    for name in OWN_FILES:
        (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(f"Made by bouwclub demo, which makes it anew each time.\nIts day is {as_of}.\n")


def _workspace(folder: Path, as_of: date) -> Workspace:
    """A workspace in the folder, with the settings that a command started there would have without an environment."""
    key = secrets.token_hex(32)
    (folder / SECRET_KEY_FILE).parent.mkdir(parents=True)
    (folder / SECRET_KEY_FILE).touch(mode=0o600)
    (folder / SECRET_KEY_FILE).write_text(key)
    settings = Settings.model_construct(  # reads neither the environment nor a .env file
        database_url=f"sqlite:///{folder / 'bouwclub.db'}",
        programme=money.write_programme(folder, as_of),
        outbox_dir=folder / "outbox",
        secret_key=SecretStr(key),
    )
    return Workspace(settings, load_programme(settings.programme), open_engine(settings.database_url))


# Which decisions of the day make a client worth a look, the best story first.
STORIES = (
    (Reason.OPEN_CASE, "a complaint holds the mails back"),
    (Reason.SUPERSEDED, "one mail took the place of another"),
    (Reason.FREQUENCY_CAP, "a mail of last week makes this one wait"),
    (Reason.OVERDUE_INVOICE, "an unpaid invoice holds marketing back"),
)


def _worth_a_look(workspace: Workspace, as_of: date) -> list[tuple[str, str]]:
    """The client with the most mails so far, and two to whom something else happened."""
    most = (
        select(messages.c.client_id)
        .where(messages.c.as_of <= as_of, messages.c.recipient != "")
        .group_by(messages.c.client_id)
        .order_by(func.count().desc(), messages.c.client_id)
    )
    with reading(workspace.engine) as connection:
        found = [(row.client_id, "several mails in a few days") for row in connection.execute(most.limit(1))]
        for reason, why in STORIES:
            query = select(func.min(decisions.c.client_id)).where(
                decisions.c.as_of == as_of, decisions.c.reason == reason.value
            )
            client_id = connection.execute(query).scalar()
            if client_id and client_id not in dict(found):
                found.append((client_id, why))
    return found[:3]


def _to_preview(workspace: Workspace, as_of: date) -> tuple[str, str] | None:
    """A mail of the day, the one of highest priority."""
    table = decisions.c
    query = (
        select(table.touchpoint, table.client_id)
        .where(table.as_of == as_of, table.outcome == Outcome.SEND.value)
        .order_by(table.priority.desc(), table.client_id)
    )
    with reading(workspace.engine) as connection:
        row = connection.execute(query.limit(1)).first()
    return (row.touchpoint, row.client_id) if row else None
