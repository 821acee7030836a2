"""A room's own mails: a kind that nobody but its room knows goes all the way, on both databases."""

import sys
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

import programme as rooms
from cli.printing.explanation import print_explanation
from models import tables
from models.database.engine import reading, writing
from models.settings import Settings
from programme.terms.checks.check import check
from programme.terms.kinds import MailKind, UnknownKind
from programme.terms.schema import Programme
from programme.words.states import Purpose, Reason
from tasks.base.workspace import Workspace
from tasks.insight import preview
from tasks.insight.explain import read_explanation
from tasks.mail.render import Renderer
from tasks.runs.outside.direct import DirectMail, Enqueued, deliver_direct, enqueue_direct
from tests import factories as make

DAY = date(2026, 3, 2)
ROOM = '''
"""The mails of a room that is only here."""

from programme.terms.kinds import MailKind
from programme.words.states import Purpose, Reason, SuppressionReason

ASKED = frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED})
CASE = MailKind(
    "case", "Bericht over een klacht", Purpose.SERVICE, "trial", rules=ASKED, is_one_a_day=False, grace_days=2,
    signed_by="engineer", occasion_label="klacht", fields=frozenset({"question"}), choices={"is_late": False},
    sample={"question": "Is het opgelost?"},
)
LINK = MailKind(
    "link", "Link", Purpose.SERVICE, "trial", template="case", rules=ASKED, is_one_a_day=False,
    stopped_by=frozenset({SuppressionReason.BOUNCE}), fields=frozenset({"question"}), choices={"is_late": False},
)
MAILS = (CASE, LINK)
'''
MAIL = """{% extends frame %}
{% block subject %}Uw melding{% endblock %}

{% block preheader %}Wij zijn ermee bezig.{% endblock %}

{% block heading %}Uw melding{% endblock %}

{% block body %}
{% if v.is_late %}Excuses voor het wachten. {% endif %}{{ f.question }}
{% endblock %}
"""


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room beside those of programme/, and a folder of own templates with its one; the folder is returned."""
    room = tmp_path / "rooms" / "trial"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text('"""A room of its own."""')
    (room / "mails.py").write_text(ROOM)
    monkeypatch.setattr(rooms, "__path__", [*rooms.__path__, str(tmp_path / "rooms")])
    (tmp_path / "templates/mail").mkdir(parents=True)
    (tmp_path / "templates/mail/case.jinja").write_text(MAIL)
    yield tmp_path / "templates"
    for name in ("programme.trial", "programme.trial.mails"):
        sys.modules.pop(name, None)


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path, trial: Path) -> Workspace:
    """Two clients, the first with a complaint of yesterday, delivering into an outbox."""
    people = [
        {"client_id": f"C{n}", "name": "J. <b>Bakker</b>", "recipient": f"k{n}@voorbeeld.nl", "kind": "consument",
         "consent": "no", "channel": "email", "id_crc32": 0, "email": f"k{n}@voorbeeld.nl"}
        for n in (1, 2)
    ]  # fmt: skip
    complaint = {"feedback_id": "F1", "client_id": "C1", "given_on": DAY - timedelta(days=1), "kind": "nps", "score": 2}
    with writing(engine) as connection:
        connection.execute(insert(tables.clients), people)
        connection.execute(insert(tables.feedback).values(complaint))
    settings = Settings(secret_key="a key for tests", outbox_dir=tmp_path / "outbox", _env_file=None)  # type: ignore[call-arg]
    programme = Programme.model_validate(make.shipped_programme().model_dump(by_alias=True))
    return Workspace(settings, programme, engine)


def enqueue(workspace: Workspace, kind: str, client_id: str, templates: Path, **values: object) -> Enqueued:
    renderer = Renderer(workspace.programme, workspace.settings.base_url, own=templates)
    mail = DirectMail(workspace.programme.kinds[kind], client_id, "F1", {"question": "Opgelost?"} | values)
    with writing(workspace.engine) as connection:
        (made,) = enqueue_direct(connection, renderer, workspace.settings.key(), [mail], DAY)
    return made


def deliver(workspace: Workspace, templates: Path, as_of: date = DAY) -> dict[str, object]:
    renderer = Renderer(workspace.programme, workspace.settings.base_url, own=templates)
    kinds = [workspace.programme.kinds["case"], workspace.programme.kinds["link"]]
    return deliver_direct(workspace, renderer, kinds, as_of, "r1").as_dict()


def statuses(workspace: Workspace) -> dict[tuple[str, str], str]:
    columns = tables.messages.c
    with reading(workspace.engine) as connection:
        rows = connection.execute(select(columns.client_id, columns.touchpoint, columns.status)).all()
    return {(row.client_id, row.touchpoint): row.status for row in rows}


def suppress(workspace: Workspace, address: str, reason: str) -> None:
    with writing(workspace.engine) as connection:
        connection.execute(insert(tables.suppressions).values(email=address, reason=reason, since=DAY))


def test_a_kind_goes_all_the_way_from_its_own_room(
    workspace: Workspace, trial: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planned, rendered, asked again, delivered and shown, although its client has an open case and said no."""
    made = enqueue(workspace, "case", "C1", trial, question="Is alles <i>opgelost</i>?", is_late=True)
    assert made == Enqueued(made.message_id, None, True)
    assert enqueue(workspace, "case", "C1", trial) == made._replace(is_new=False)

    assert deliver(workspace, trial)["accepted"] == 1
    assert statuses(workspace) == {("C1", "case"): "accepted"}
    sent = message_from_bytes((workspace.settings.outbox_dir / f"{made.message_id}.eml").read_bytes())
    text, html = (str(part.get_payload(decode=True), "utf-8") for part in sent.walk() if not part.is_multipart())
    assert "Excuses voor het wachten. Is alles <i>opgelost</i>?" in text
    assert "Is alles &lt;i&gt;opgelost&lt;/i&gt;?" in html
    assert "Bericht over een klacht" in (workspace.settings.outbox_dir / "index.html").read_text()

    print_explanation(workspace.programme, read_explanation(workspace.engine, workspace.programme, "C1", DAY, days=1))
    assert "Bericht over een klacht (klacht F1)" in capsys.readouterr().out
    workspace = workspace._replace(settings=workspace.settings.model_copy(update={"templates": trial}))
    shown = preview.preview_mail(workspace, "case", "C1", DAY)
    assert (shown.mail.message_id, shown.logged) == (made.message_id, ("accepted", DAY))
    assert "Is het opgelost?" in preview.preview_mail(workspace, "case", "C2", DAY).mail.text


def test_the_claim_asks_the_rules_of_the_kind(workspace: Workspace, trial: Path) -> None:
    """Who unsubscribed meanwhile gets no mail of a case, but still the link that he asked for himself."""
    enqueue(workspace, "case", "C1", trial)
    enqueue(workspace, "link", "C1", trial)
    suppress(workspace, "k1@voorbeeld.nl", "unsubscribe")

    report = deliver(workspace, trial)

    assert report["cancelled"] == {"suppressed": 1}
    assert statuses(workspace) == {("C1", "case"): "cancelled", ("C1", "link"): "accepted"}


def test_a_rule_that_stops_a_mail_makes_no_message(workspace: Workspace, trial: Path) -> None:
    """Its key stays open, so that it can be made once the rule lets it through; a bounce stops every kind."""
    suppress(workspace, "k2@voorbeeld.nl", "bounce")
    stopped = Enqueued(None, Reason.SUPPRESSED, False)
    assert [enqueue(workspace, kind, "C2", trial) for kind in ("case", "link")] == [stopped, stopped]
    with writing(workspace.engine) as connection:
        connection.execute(tables.suppressions.delete())
    assert enqueue(workspace, "case", "C2", trial).is_new


def test_only_the_kinds_asked_for_are_delivered(workspace: Workspace, trial: Path) -> None:
    """What a daily run planned waits for its own delivery; a room's mail of yesterday goes today, or expires."""
    enqueue(workspace, "case", "C1", trial)
    enqueue(workspace, "case", "C2", trial)
    table = tables.messages
    with writing(workspace.engine) as connection:
        connection.execute(update(table).where(table.c.client_id == "C2").values(touchpoint="anniversary"))

    assert deliver(workspace, trial, DAY + timedelta(days=2))["accepted"] == 1
    assert statuses(workspace) == {("C1", "case"): "accepted", ("C2", "anniversary"): "planned"}
    enqueue(workspace, "link", "C1", trial)
    assert deliver(workspace, trial, DAY + timedelta(days=3))["accepted"] == 0
    assert statuses(workspace)["C1", "link"] == "expired"


def test_nobody_but_a_client_is_written_to(workspace: Workspace, trial: Path) -> None:
    """A room can write to no address of its own choosing: who is no client of ours gets nothing."""
    with pytest.raises(ValueError, match="there is no client F9"):
        enqueue(workspace, "case", "F9", trial)
    assert statuses(workspace) == {}


def test_a_name_is_taken_once(trial: Path) -> None:
    """A touchpoint called as a room's mail is a fault of the programme file, told with its key."""
    raw = make.shipped_programme().model_dump(mode="json", exclude_unset=True, by_alias=True)
    raw["touchpoints"]["case"] = raw["touchpoints"].pop("build_check")
    assert "touchpoints.case" in [fault.key for fault in check(raw)]


def test_a_mail_says_what_its_kind_says(workspace: Workspace, trial: Path) -> None:
    """A value too many or too few, and a kind that no room lists, are mistakes of whoever makes the mail."""
    with pytest.raises(ValueError, match="has no value 'colour'"):
        enqueue(workspace, "case", "C1", trial, colour="red")
    with pytest.raises(ValueError, match="needs a value for 'question'"):
        workspace.programme.kinds["case"].saying({})
    loose = DirectMail(MailKind("loose", "Los", Purpose.SERVICE, "trial"), "C1", "F1")
    renderer = Renderer(workspace.programme, workspace.settings.base_url, own=trial)
    with writing(workspace.engine) as connection, pytest.raises(UnknownKind, match="no kind of mail is called 'loose'"):
        enqueue_direct(connection, renderer, workspace.settings.key(), [loose], DAY)
