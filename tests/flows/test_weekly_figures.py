"""The weekly figures: mailed once to those who get them, kept, and shown without a name."""

from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from flows.figures import ReportSteps, run_report
from flows.ui.artifacts.report import report_markdown
from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import clients, closed_reports, projects
from programme.figures.page.page import figures_page
from tasks.base.workspace import Workspace
from tests import factories as make
from tests.sample_report import AS_OF
from tests.sample_reports import HOSTILE, hostile_report

PLAIN = ReportSteps()
NAME = "Wiebe Zandstra"


@pytest.fixture
def workspace(sqlite_engine: Engine, tmp_path: Path) -> Workspace:
    """One client with a delivered project, delivering into an outbox."""
    client = {"client_id": "C1", "name": NAME, "email": "w@voorbeeld.nl", "recipient": "w@voorbeeld.nl"}
    client |= {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1}
    project = {"project_id": "P1", "client_id": "C1", "type": "dakkapel", "value_cents": 61_000}
    project |= {"ordered_on": date(2025, 11, 3), "delivered_on": date(2025, 12, 1)}
    with writing(sqlite_engine) as connection:
        connection.execute(insert(clients).values(client))
        connection.execute(insert(projects).values(project))
    settings = Settings(secret_key="a key for tests", outbox_dir=tmp_path / "outbox", _env_file=None)  # type: ignore[call-arg]
    return Workspace(settings, make.programme(), sqlite_engine)


def mails(workspace: Workspace) -> list[tuple[str, str]]:
    """To whom, and what the text says."""
    found = []
    for path in sorted(workspace.settings.outbox_dir.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append((str(mail["To"]), body.get_content()))
    return found


def kept(workspace: Workspace) -> int:
    with reading(workspace.engine) as connection:
        return connection.execute(select(func.count()).select_from(closed_reports)).scalar_one()


def test_a_day_is_mailed_once_and_kept(workspace: Workspace) -> None:
    """To each person with the role, with numbers, a link to the desk, and no client's name; a second run is silent."""
    for _ in range(2):
        run_report(PLAIN, workspace, AS_OF, dry_run=False)

    sent = mails(workspace)
    readers = [person.email for person in workspace.programme.people if "report" in person.roles]
    assert sorted(to for to, _ in sent) == sorted(readers)
    assert kept(workspace) == 1
    for _, text in sent:
        assert "– Klanten die terugkomen: Te weinig om iets te zeggen (0 van 1), het doel is 15%" in text
        assert "/desk/figures" in text
        assert NAME not in text
        assert "C1" not in text


def test_a_look_sends_and_keeps_nothing(workspace: Workspace) -> None:
    """Nor does an earlier day, once a later one was kept."""
    run_report(PLAIN, workspace, AS_OF, dry_run=True)
    assert (mails(workspace), kept(workspace)) == ([], 0)
    run_report(PLAIN, workspace, AS_OF, dry_run=False)
    before = len(mails(workspace))
    run_report(PLAIN, workspace, AS_OF - timedelta(days=7), dry_run=False)
    assert len(mails(workspace)) == before
    assert kept(workspace) == 1


def test_a_crash_between_mail_and_keeping_mails_again(workspace: Workspace) -> None:
    """Told twice is better than never."""

    def crash(_engine: Engine, _as_of: date) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_report(ReportSteps(keep=crash), workspace, AS_OF, dry_run=False)
    told = []
    run_report(ReportSteps(tell=lambda _workspace, report: told.append(report) or 1), workspace, AS_OF, dry_run=False)
    assert len(told) == 1


def test_the_artifact_is_text(workspace: Workspace) -> None:
    """Names from outside are no markup and no link in it."""
    programme = make.programme(**{"touchpoints.check_in.label": HOSTILE})
    told = report_markdown(figures_page(hostile_report(), programme))
    assert "| Klanten die terugkomen | 5% | 15 van 284 | 15% | ○ onder doel |" in told
    assert "<script>" not in told
    assert "https://kwaad" not in told
