"""What leaves the desk: mails to staff and files, with numbers and moments, and never a client's name or words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from models import tables
from models.database.engine import reading, writing
from models.settings import Settings
from programme.care.lines import Did
from programme.care.staff_mails import STAFF_CASE_MISSED, STAFF_CASE_RAISED, STAFF_CASE_TASK, digest_values
from programme.care.tick import Tick
from programme.care.words import KIND_WORDS
from tasks.base.workspace import Workspace
from tasks.care.people.digest import queue_digests
from tasks.care.people.files import calendar_of, write_tasks
from tasks.care.people.listing import Task, read_task, read_tasks
from tasks.care.people.scripts import read_script
from tasks.care.people.staff_mails import queue_case_mail, send_staff_mails
from tests import factories as make

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)  # 08.00 in Amsterdam, a Monday
NAME, WORDS = "Hendrika Geheim", "<script>boos</script> =1+1 {{ 7*7 }} \u202eik wil mijn geld terug"
CLIENT = "=cmd|' /C calc'!A0"


@pytest.fixture
def workspace(sqlite_engine: Engine, tmp_path: Path) -> Workspace:
    """One hostile client with every kind of task, each with the rows that it is about."""
    settings = Settings(secret_key="a key for tests", desk="mail", outbox_dir=tmp_path / "outbox", _env_file=None)
    with writing(sqlite_engine) as connection:
        for table, row in _facts():
            connection.execute(insert(table).values(row))
        for place, kind in enumerate(KIND_WORDS):
            connection.execute(insert(tables.people_tasks).values(_task(kind, place)))
    return Workspace(settings, make.shipped_programme(), sqlite_engine)


def _facts() -> Iterator[tuple[Any, dict[str, Any]]]:
    day, own = date(2026, 2, 1), {"client_id": CLIENT}
    person = {"name": NAME, "email": "h@geheim.nl", "recipient": "h@geheim.nl", "phone": "0612345678"}
    yield tables.clients, own | person | {"kind": "consument", "consent": "yes", "channel": "post", "id_crc32": 1}
    project = {"project_id": "P1", "type": "uitbouw", "value_cents": 1, "ordered_on": day, "delivered_on": day}
    yield tables.projects, own | project | {"engineer": "Anke Wiersma", "address": "Geheimweg 1", "postcode": "8921 AB"}
    score = {"feedback_id": "F1", "project_id": "P1", "given_on": day, "kind": "nps", "score": 2, "comment": WORDS}
    yield tables.feedback, own | score
    moments = {"given_at": AT, "opened_at": AT}
    yield tables.cases, own | moments | {"case_id": "F1", "severity": "minor", "root": "F1", "state": "open"}
    yield tables.case_feedback, {"feedback_id": "F1", "case_id": "F1", "place": 0, "taken_at": AT}
    step = {"case_id": "F1", "step": "solution", "place": 2, "deadline_at": AT + timedelta(days=2), "state": "open"}
    yield tables.case_steps, step
    mail = {"touchpoint": "permit_check", "occasion": "P1", "flow": "daily", "purpose": "service", "as_of": day}
    mail |= {"message_id": "m1", "recipient": "h@geheim.nl", "due_on": day, "closes_on": day, "status": "accepted"}
    yield tables.messages, own | mail
    answer = {"message_id": "m1", "question": "permit", "answer": "geweigerd", "comment": WORDS, "needs_contact": True}
    yield tables.answers, own | answer | {"answered_at": AT, "answered_on": day}
    contact = {"occurred_on": day, "direction": "in", "topic": "overdracht", "is_reply": True}
    yield tables.interactions, own | contact | {"interaction_id": "I1"}
    came = {"mail_id": "x", "standing": "known", "received_at": AT, "received_on": day, "sender": "h@geheim.nl"}
    yield tables.inbound_mails, own | came | {"interaction_id": "I1", "words": WORDS}
    bill = {"invoice_id": "V1", "amount_cents": 45_000, "issued_on": day, "due_on": day}
    yield tables.invoices, own | bill
    yield tables.task_invoices, {"invoice_id": "V1", "task_id": f"overdue_invoice:{CLIENT}:V1"}
    quote = {"quote_id": "Q1", "type": "uitbouw", "sent_on": day, "decided_on": day, "decision": "rejected"}
    yield tables.quotes, own | quote
    yield tables.referrals, {"referral_id": "web-1", "referrer_id": CLIENT, "invited_on": day, "signed_up_on": day}
    friend = {"name": NAME, "recipient": "v@geheim.nl", "phone": "0687654321", "message": WORDS, "code": "X"}
    yield tables.signups, friend | {"referral_id": "web-1", "signed_up_on": day, "signed_up_at": AT, "flags": "known"}


CAUSES = {
    "contact_asked": "m1", "reply": "I1", "lead": "web-1", "look": CLIENT, "handover": "I1", "overdue_invoice": "V1",
    "many_contacts": "2026-03-02", "build_check": "P1", "exit_call": "Q1", "channel_change": "m1",
    "win_back_call": "2025-09-01",
}  # fmt: skip


def _task(kind: str, place: int) -> dict[str, Any]:
    of_case = {"case_id": "F1", "step": kind.removeprefix("case_")} if kind.startswith("case_") else {}
    client_id, cause = "" if kind == "lead" else CLIENT, CAUSES.get(kind, "F1")
    channel = "letter" if kind in ("exit_call", "channel_change", "win_back_call") else "phone"
    moments = {"made_at": AT, "due_at": AT + timedelta(hours=24 * (place - 2))}
    head = {"task_id": f"{kind}:{client_id}:{cause}", "kind": kind, "client_id": client_id, "cause": cause}
    rest = {"purpose": "service", "channel": channel, "level": "engineer", "state": "open", "attempts": 0}
    return head | moments | rest | of_case | {"project_id": "P1"}


def tick() -> Tick:
    return Tick(AT, make.shipped_programme())


def tasks_of(workspace: Workspace) -> list[Task]:
    with reading(workspace.engine) as connection:
        return read_tasks(connection, tick())


def letters(workspace: Workspace) -> list[Any]:
    found = sorted(workspace.settings.outbox_dir.glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in found]


def test_every_task_has_what_its_caller_needs(workspace: Workspace) -> None:
    """Name, number or address, the facts of its cause, and the client's words exactly: beside the script, not in it."""
    told = {}
    with reading(workspace.engine) as connection:
        for task in read_tasks(connection, tick()):
            told[task.kind] = read_script(connection, tick(), task)
    assert set(told) == set(KIND_WORDS)
    for kind, each in told.items():
        assert each.name == NAME
        assert each.phone == ("0687654321" if kind == "lead" else "0612345678")
        assert WORDS not in str(each.script)
        assert "None" not in str(each.script)
    assert {kind for kind, each in told.items() if each.wrote == (WORDS,)} == {
        *(kind for kind in KIND_WORDS if kind.startswith("case_")), "contact_asked", "reply", "handover", "lead",
    }  # fmt: skip
    assert "gaf op 1 februari 2026 een 2 voor het werk aan de uitbouw" in told["case_call"].script.why
    assert "geweigerd" in told["contact_asked"].script.opening
    assert "Factuur V1 van € 450 is 29 dagen over de datum" in told["overdue_invoice"].script.why
    assert "is al klant" in str(told["lead"].script.more)
    assert told["exit_call"].address == ("Geheimweg 1", "8921 AB")
    assert "In 2026 rekenden wij aan de uitbouw".lower() in " ".join(told["win_back_call"].script.letter).lower()


def test_a_stand_in_is_not_passed_over_in_the_script(workspace: Workspace) -> None:
    """The engineer is away: the manager asks, and has the next case too, so the script names nobody above him."""
    away = Tick(AT, make.shipped_programme(), frozenset({"Anke Wiersma"}))
    with reading(workspace.engine) as connection:
        task = read_task(connection, away, f"case_check_in:{CLIENT}:F1")
        assert task is not None
        assert task.owner == "Bas Hoekstra"
        assert "Ik bel u opnieuw" in read_script(connection, away, task).script.closing


def test_the_script_promises_what_the_programme_says(workspace: Workspace) -> None:
    """Of a firm that takes longer, and asks once more after another time."""
    care = {"care.solution_within_days": 5, "care.follow_up_after": "3 weeks"}
    slow = Tick(AT, make.programme(**care), frozenset())
    with reading(workspace.engine) as connection:
        call, asked = (read_task(connection, slow, f"{kind}:{CLIENT}:F1") for kind in ("case_call", "case_follow_up"))
        assert call is not None
        assert asked is not None
        assert "binnen vijf werkdagen" in read_script(connection, slow, call).script.offer
        assert "drie weken geleden" in read_script(connection, slow, asked).script.opening


def test_many_contacts_are_those_of_every_record_of_the_address(workspace: Workspace) -> None:
    """The script counts as the signal did, which saw a person and not a record."""
    with writing(workspace.engine) as connection:
        other = {"client_id": "K2", "name": NAME, "recipient": "h@geheim.nl", "kind": "consument", "id_crc32": 2}
        connection.execute(insert(tables.clients).values(other | {"consent": "yes", "channel": "email"}))
        came = {"occurred_on": date(2026, 3, 1), "direction": "in"}
        for number in range(5):
            row = {"interaction_id": f"X{number}", "client_id": "K2"}
            connection.execute(insert(tables.interactions).values(row | came))
        row = {"interaction_id": "X5", "client_id": CLIENT}
        connection.execute(insert(tables.interactions).values(row | came))
    with reading(workspace.engine) as connection:
        task = read_task(connection, tick(), f"many_contacts:{CLIENT}:2026-03-02")
        assert task is not None
        assert "zeven keer contact" in read_script(connection, tick(), task).script.why


def test_mails_to_staff_carry_numbers_and_no_words(workspace: Workspace) -> None:
    """The digest of each owner and the three mails of a case: with a link, once, and without name, address or words."""
    owners = {task.owner for task in tasks_of(workspace)}
    with writing(workspace.engine) as connection:
        lines = queue_digests(connection, tick())
        for kind in (STAFF_CASE_TASK, STAFF_CASE_RAISED, STAFF_CASE_MISSED):
            task_id = f"case_call:{CLIENT}:F1"
            queue_case_mail(connection, tick(), kind, "Anke Wiersma", task_id, CLIENT, "call", AT + timedelta(hours=9))
    assert {line.values["owner"] for line in lines} == owners
    assert {line.did for line in lines} == {Did.DIGEST}
    assert send_staff_mails(workspace, AT) == len(owners) + 3
    assert send_staff_mails(workspace, AT) == 0
    mails = letters(workspace)
    assert len(mails) == len(owners) + 3
    whole = "\n".join(
        str(part) for mail in mails for part in (mail.as_string(), *(each.get_content() for each in mail.iter_parts()))
    )
    for secret in (NAME, "Hendrika", "geheim.nl", "Geheimweg", "boos", "geld terug", "0612345678"):
        assert secret not in whole
    assert "maandag 2 maart om 17.00 uur" in whole
    assert "/desk/tasks/case_call:%3Dcmd" in whole


def test_without_a_desk_a_mail_names_the_command(workspace: Workspace) -> None:
    """No link that is dead: the command that shows the task, quoted for a shell."""
    off = Workspace(workspace.settings.model_copy(update={"desk": "off"}), workspace.programme, workspace.engine)
    with writing(workspace.engine) as connection:
        queue_digests(connection, tick())
        due = AT + timedelta(hours=9)
        queue_case_mail(connection, tick(), STAFF_CASE_TASK, "Anke Wiersma", "case_call:K 1:F1", "K 1", "call", due)
    send_staff_mails(off, AT)
    texts = [mail.get_body(("plain",)).get_content() for mail in letters(workspace)]
    assert not any("/desk" in text or "balie" in text for text in texts)
    assert any("bouwclub tasks show 'case_call:K 1:F1'" in text for text in texts)
    assert any("bouwclub tasks list --owner 'Anke Wiersma'" in text for text in texts)


def test_a_stale_mail_to_staff_is_thrown_away(workspace: Workspace) -> None:
    """Two days later the desk knows better; and who left the firm gets nothing."""
    with writing(workspace.engine) as connection:
        queue_digests(connection, tick())
    assert send_staff_mails(workspace, AT + timedelta(days=2)) == 0
    with writing(workspace.engine) as connection:
        assert connection.execute(select(tables.staff_mails)).all() == []
        queue_digests(connection, tick())
        connection.execute(update(tables.staff_mails).values(name="Iemand Anders"))
    assert send_staff_mails(workspace, AT) == 0
    assert letters(workspace) == []


@pytest.mark.parametrize(
    ("hours", "title"),
    [([-30, 2], "2 taken: 1 te laat, 1 voor vandaag"), ([30], "1 taak, waarvan 0 voor vandaag"), ([9], "1 taak")],
)
def test_the_digest_counts_late_and_today(hours: list[int], title: str) -> None:
    """What is late asks for today too; the day is Amsterdam's."""
    due = [AT + timedelta(hours=each) for each in hours]
    assert str(digest_values(due, date(2026, 3, 2))["title"]).startswith(title)


def test_files_of_tasks_are_inert(workspace: Workspace, tmp_path: Path) -> None:
    """No formula in the spreadsheet, no smuggled line in the calendar, and no name or words in either."""
    found = tasks_of(workspace)
    write_tasks(tmp_path / "t.csv", found, "https://bouwclub.example", AT, make.shipped_programme())
    sheet = (tmp_path / "t.csv").read_text("utf-8")
    assert f'"\'{CLIENT}"' in sheet
    found = [task._replace(client_id=f"{CLIENT}\r\nBEGIN:VALARM") for task in found]
    calendar = calendar_of(found, "https://bouwclub.example", AT, KIND_WORDS).decode()
    assert calendar == calendar_of(found, "https://bouwclub.example", AT, KIND_WORDS).decode()
    assert calendar.count("BEGIN:VEVENT") == len(found)
    assert not any(line.startswith("BEGIN:VALARM") for line in calendar.splitlines())
    for secret in (NAME, "boos", "0612345678"):
        assert secret not in sheet + calendar


def test_a_task_that_is_not_there(workspace: Workspace) -> None:
    """No task is None, not somebody else's."""
    with reading(workspace.engine) as connection:
        assert read_task(connection, tick(), "case_call:X:F1") is None
