"""How long a tick of care takes with 1,000 open cases: when all begin, when nothing happens, when all are missed."""

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from benchmarks.databases import KINDS, fresh_copy
from models.database.engine import open_engine, writing
from models.settings import Settings
from models.tables import clients, feedback, projects
from programme.words.dates import moment_from
from sample.bulk import Size
from tasks.base.programme_file import load_programme
from tasks.base.workspace import Workspace
from tasks.care.tick import run_tick
from tasks.mail.renderers import renderer_of
from tasks.runs.outside.to_staff import StaffMailer

CASES = 1_000
MOST_SECONDS = 2.0
TICKS = (
    ("2027-03-24T10:15", "all begin, each with a mail and a task"),
    ("2027-03-24T10:30", "nothing happens"),
    ("2027-03-25T10:15", "all are missed, with the daily look"),
    ("2027-03-25T10:30", "nothing happens"),
)


def run(say: Callable[[str], None], scale: int) -> None:
    """Beside `scale` clients without a complaint."""
    for kind in KINDS:
        with fresh_copy(kind, Size(scale, 10)) as url, _workspace(url) as workspace:
            _complain(workspace)
            mailers: dict[str, StaffMailer] = {}
            renderer = renderer_of(workspace)
            for at, what in TICKS:
                began = time.perf_counter()
                done = run_tick(workspace, renderer, moment_from(at), mailers=mailers)
                seconds = time.perf_counter() - began
                target = f" (at most {MOST_SECONDS:.0f} s)" if what == "nothing happens" else ""
                say(f"care, {kind}: {what}: {seconds:.2f} s{target}, {len(done.lines):,} lines")


@contextmanager
def _workspace(url: str) -> Iterator[Workspace]:
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=url, outbox_dir=Path(folder), secret_key="k" * 32)
        engine = open_engine(url)
        yield Workspace(settings, load_programme(settings.programme), engine)
        engine.dispose()


def _complain(workspace: Workspace) -> None:
    """So many clients who were served lately, each with a complaint of this morning."""
    ids = [f"CARE{number:05}" for number in range(CASES)]
    given_at = moment_from("2027-03-24T10:00")
    with writing(workspace.engine) as connection:
        connection.execute(insert(clients), [_client(client_id) for client_id in ids])
        connection.execute(
            insert(projects),
            [
                {
                    "project_id": f"P-{client_id}",
                    "client_id": client_id,
                    "type": "dakkapel",
                    "value_cents": 150_000,
                    "ordered_on": date(2027, 1, 4),
                    "delivered_on": date(2027, 3, 1),
                    "engineer": workspace.programme.people[0].name,
                }
                for client_id in ids
            ],
        )
        connection.execute(
            insert(feedback),
            [
                {
                    "feedback_id": f"F-{client_id}",
                    "client_id": client_id,
                    "project_id": f"P-{client_id}",
                    "given_on": given_at.date(),
                    "given_at": given_at,
                    "kind": "nps",
                    "score": 3,
                    "origin": "import",
                }
                for client_id in ids
            ],
        )


def _client(client_id: str) -> dict[str, object]:
    address = f"{client_id.lower()}@voorbeeld.example"
    return {
        "client_id": client_id,
        "name": "Jan Voorbeeld",
        "email": address,
        "recipient": address,
        "kind": "consument",
        "consent": "yes",
        "channel": "email",
        "id_crc32": zlib.crc32(client_id.encode()),
    }
