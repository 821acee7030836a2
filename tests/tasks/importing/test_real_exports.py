"""Exports as offices send them: opened in Excel, put together by hand, with people's notes in them. Less mail, never
more, and everything is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import present, tables
from models.database.engine import reading, writing
from models.tables import clients, earlier_recipients, metadata, referrals
from programme.terms.tables.import_terms import ImportTerms
from tasks.importing.reading.template import TemplateExists, write_template
from tasks.importing.report import ImportReport
from tasks.importing.staging.lacking import ImportStopped
from tests.conftest import once_on_postgres

pytestmark = pytest.mark.slow

Load = Callable[..., ImportReport]
Export = Callable[..., Path]

TODAY = date(2026, 3, 1)
TOMORROW = datetime(2026, 3, 2, 8, tzinfo=UTC)
WHOLE = ImportTerms(complete=True)
PROJECT = "project_id,client_id,type,value_eur,ordered_on,delivered_on,cancelled_on\n"


def _rows(engine: Engine, name: str, *columns: str) -> list[tuple[object, ...]]:
    table = metadata.tables[name]
    query = select(*(table.c[column] for column in columns)).order_by(*table.primary_key.columns)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def _present(engine: Engine, name: str) -> list[str]:
    rows = getattr(present, name)
    with reading(engine) as connection:
        return sorted(connection.scalars(select(next(iter(rows.primary_key)))))


def test_what_excel_saves_is_understood(engine: Engine, load: Load, export: Export) -> None:
    """Capitals, days without zeros, euro signs, a decimal comma in a score: nothing to report."""
    report = load(
        engine,
        export(
            clients="sep=;\r\nclient_id;\u200bname\xa0;email;consent;tracking_consent\r\n"
            "\ufeffK1;Anna;anna@voorbeeld.nl\u200b;JA;WAAR\r\n",
            projects='project_id;client_id;type;value_eur;ordered_on\r\nP1;K1;dakkapel;"€ 1.500,00";5/1/2026 0:00\r\n',
            feedback="feedback_id;client_id;given_on;kind;score;negative\r\nF1;K1;1-2-2026;nps;9,0;ONWAAR\r\n",
        ),
    )
    assert (report.exit_code, report.faults) == (0, [])
    assert _rows(engine, "clients", "client_id", "recipient", "consent", "tracking_consent") == [
        ("K1", "anna@voorbeeld.nl", "yes", True)
    ]
    assert _rows(engine, "projects", "value_cents", "ordered_on") == [(150_000, date(2026, 1, 5))]
    assert _rows(engine, "feedback", "score", "negative") == [(9, False)]


def test_a_cancellation_that_cannot_be_read_holds_its_project(engine: Engine, load: Load, export: Export) -> None:
    """It counts from the first import that met it, is not moved by the next one, and is over once it can be read."""
    rows = "P1,K1,dakkapel,1,2026-01-05,,{}\nP2,K1,dakkapel,1,2026-01-05,,2026-12-24\n"
    folder = export(clients="client_id,name\nK1,Anna\n", projects=PROJECT + rows.format("vorige week"))
    assert [fault.line for fault in load(engine, folder).faults] == [2, 3]
    report = load(engine, folder, TOMORROW)
    assert (report.exit_code, report.files[1].unchanged) == (3, 2)
    assert _rows(engine, "projects", "cancelled_on", "is_cancel_unread") == [(TODAY, True), (TODAY, None)]
    load(engine, export(projects=PROJECT + rows.format("2026-02-03")))
    assert _rows(engine, "projects", "cancelled_on", "is_cancel_unread")[0] == (date(2026, 2, 3), None)


@once_on_postgres("kind", ["nps", "csat", "review"])
def test_a_score_that_cannot_be_read_is_a_bad_one(engine: Engine, load: Load, export: Export, kind: str) -> None:
    """Of an NPS or a CSAT; another score never counts. What an earlier export said of `negative` stays."""
    clients = "client_id,name\nK1,Anna\n"
    load(
        engine,
        export(clients=clients, feedback="feedback_id,client_id,given_on,kind,negative\nF2,K1,1-2-2026,nps,ja\n"),
    )
    heading = "feedback_id,client_id,given_on,kind,score\n"
    load(engine, export(feedback=f"{heading}F1,K1,1-2-2026,{kind},vijf\nF2,K1,1-2-2026,nps,8\n"))
    assert _rows(engine, "feedback", "score", "negative") == [(None, None if kind == "review" else True), (8, True)]


def test_a_suppression_that_cannot_be_read_counts_from_today(engine: Engine, load: Load, export: Export) -> None:
    """With an address that can be read it is `manual`; one dated ahead counts today already."""
    rows = "a@b.nl,afgemeld,2026-01-01\nb@b.nl,bounce,ooit\nc@b.nl,bounce,2027-01-01\nniemand,bounce,2026-01-01\n"
    folder = export(clients="client_id,name\nK1,Anna\n", suppressions="email,reason,since\n" + rows)
    for moment in (None, TOMORROW):
        report = load(engine, folder, *([moment] if moment else []))
        assert (report.exit_code, report.files[-1].left_out) == (3, 1)
    assert _rows(engine, "suppressions", "email", "reason", "since") == [
        ("a@b.nl", "manual", TODAY),
        ("b@b.nl", "manual", TODAY),
        ("c@b.nl", "bounce", TODAY),
    ]


def test_placeholders_name_nobody(engine: Engine, load: Load, export: Export) -> None:
    """A whole cell of the list is unknown and told; a name that holds such a word is a name."""
    names = ["#N/B", "n.v.t.", "a@b.nl", "0", "Piet Null"]
    rows = "".join(f"K{number},{name},-,onbekend\n" for number, name in enumerate(names))
    report = load(engine, export(clients="client_id,name,phone,consent\n" + rows))
    assert [row[0] for row in _rows(engine, "clients", "name")] == ["relatie"] * 4 + ["Piet Null"]
    assert set(_rows(engine, "clients", "phone", "consent")) == {(None, "unknown")}
    assert [fault.row_id for fault in report.faults if fault.column == "name"] == ["K0", "K1", "K2", "K3"]
    assert sum(fault.column == "phone" for fault in report.faults) == 5


@pytest.mark.parametrize("order", [("comment", "feedback_id"), ("feedback_id", "comment")])
def test_words_with_a_line_break_stay_together(
    engine: Engine, load: Load, export: Export, order: tuple[str, str]
) -> None:
    """Also in the first column, or with a separator in them: what follows the break looks like a row of its own."""
    cells = {"comment": '"Goed, en\nop tijd, maar duur"', "feedback_id": "F1"}
    heading = ",".join((*order, "client_id", "given_on", "kind"))
    row = ",".join((*(cells[name] for name in order), "K1", "2026-02-03", "review"))
    export(clients="client_id,name\nK1,Anna\n")
    report = load(engine, export(feedback=f"{heading}\n{row}\n{row.replace('F1', 'F2')}\n"))
    assert (report.exit_code, report.faults) == (0, [])
    words = "Goed, en\nop tijd, maar duur"
    assert _rows(engine, "feedback", "feedback_id", "comment") == [("F1", words), ("F2", words)]


def test_a_row_with_a_cell_too_many_is_named_by_its_id(engine: Engine, load: Load, export: Export) -> None:
    """An address with a comma in it makes one cell two; the row is found again in the CRM by its id."""
    rows = "K1,Anna,anna@b.nl\nK2,Piet,piet@b.nl,Dorpsstraat\nK3\n"
    report = load(engine, export(clients="client_id,name,email\n" + rows))
    assert [(fault.line, fault.row_id) for fault in report.faults] == [(3, "K2"), (4, "")]


def test_a_heading_that_is_nearly_known_asks(engine: Engine, load: Load, export: Export) -> None:
    """`Delivered on` would be ignored in silence otherwise; a column of another meaning is."""
    folder = export(
        clients="client_id,name,created_at\nK1,Anna,x\n",
        projects=PROJECT.replace("delivered_on", "Delivered on") + "P1,K1,uitbouw,1,2026-01-05,,\n",
    )
    report = load(engine, folder)
    assert "did you mean delivered_on?" in (report.files[1].fault or "")
    assert report.ignored == ["clients.csv: created_at"]


def test_a_heading_that_is_nearly_a_required_one_asks(engine: Engine, load: Load, export: Export) -> None:
    """The column that lacks is named, and so is the one that may stand for it."""
    interactions = "interaction_id,client_id,occured_on,direction\nI1,K1,2026-01-01,in\n"
    report = load(engine, export(clients="client_id,name\nK1,Anna\n", interactions=interactions))
    fault = next(each.fault or "" for each in report.files if each.file == "interactions.csv")
    assert "has no column occurred_on" in fault
    assert "did you mean occurred_on by 'occured_on'?" in fault


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"PK\x03\x04\x14 a.xlsx\n", "in Excel save it as 'CSV UTF-8'"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\n", "in Excel save it as 'CSV UTF-8'"),
        ("quote_id;client_id\nQ1;K1\n".encode("utf-16-le"), "in Excel save it as 'CSV UTF-8'"),
        (b"quote_id\tclient_id\tsent_on\nQ1\tK1\t2026-01-01\n", "with ; or , between them"),
    ],
)
def test_what_is_no_csv_is_told_what_to_do(
    sqlite_engine: Engine, load: Load, export: Export, written: bytes, said: str
) -> None:
    """A workbook that was renamed, an encoding without its mark, another separator; the other files are taken."""
    folder = export(clients="client_id,name\nK1,Anna\n")
    (folder / "quotes.csv").write_bytes(written)
    report = load(sqlite_engine, folder)
    assert said in next(each.fault or "" for each in report.files if each.file == "quotes.csv")
    assert report.files[0].new == 1


def test_old_words_of_what_may_be_an_open_complaint_are_taken(engine: Engine, load: Load, export: Export) -> None:
    """The first import of a CRM has complaints of years ago of which some are open; what is gone stays gone."""
    client = "client_id,name\nK1,Anna\n"
    feedback = "feedback_id,client_id,given_on,kind,negative,comment,resolved_on\n"
    feedback += "F1,K1,2022-01-01,other,ja,De balk zit los,\nF2,K1,2022-01-01,other,ja,Was scheef,2022-02-01\n"
    feedback += "F3,K1,2022-01-01,other,ja,Pas opgelost,2026-02-01\n"
    folder, before = export(clients=client, feedback=feedback), date(2024, 3, 1)

    def words() -> list[str | None]:
        load(engine, folder, words_since=before)
        with reading(engine) as connection:
            return list(connection.scalars(select(tables.feedback.c.comment).order_by(tables.feedback.c.feedback_id)))

    assert words() == ["De balk zit los", None, "Pas opgelost"]
    with writing(engine) as connection:
        connection.execute(update(tables.feedback).values(comment=None))
    assert words() == [None, None, None]


def test_a_cell_is_reported_as_the_file_has_it(engine: Engine, load: Load, export: Export) -> None:
    """Whoever looks for it in the export finds it by what stands there, not by what we made of it."""
    projects = "project_id,client_id,type,value_eur,ordered_on,delivered_on,cancelled_on\n"
    projects += "P1,K1,uitbouw,100,3-2-2026,1/2/2026,\nP2,K1,uitbouw,100,3-2-2026,,9-9-2031\n"
    feedback = "feedback_id,client_id,given_on,given_at,kind\nF1,K1,2026-01-02,2026-01-03T10:00,nps\n"
    suppressions = "email,reason,since\nk1@voorbeeld.nl,manual,1-3-2031\n"
    client = "client_id,name\nK1,Anna\n"
    report = load(engine, export(clients=client, projects=projects, feedback=feedback, suppressions=suppressions))
    told = {(each.column, each.value) for each in report.faults}
    assert told == {
        ("delivered_on", "1/2/2026"),
        ("cancelled_on", "9-9-2031"),
        ("given_at", "2026-01-03T10:00"),
        ("since", "1-3-2031"),
    }


@pytest.mark.parametrize("heading", ["emial", "E-mail", "emails", "e mail"])
def test_a_slip_in_a_short_heading_asks(engine: Engine, load: Load, export: Export, heading: str) -> None:
    """Two letters swapped in a word of five are as much a slip as one too many."""
    folder = export(clients=f"client_id,name,{heading}\nK1,Anna,anna@b.nl\n")
    assert "did you mean email?" in (load(engine, folder).files[0].fault or "")


def test_what_a_whole_export_lacks_is_held_and_comes_back(engine: Engine, load: Load, export: Export) -> None:
    """With its client everything is held; nothing is deleted; the next export that has it brings all of it back."""
    whole = {
        "clients": "client_id,name\nK1,Anna\nK2,Bert\n",
        "projects": PROJECT
        + "P1,K1,uitbouw,1,2026-01-05,,\nP2,K2,uitbouw,1,2026-01-05,,\nP3,K1,uitbouw,1,2026-01-05,,\n",
    }
    load(engine, export(**whole, quotes="quote_id,client_id,sent_on\nQ1,K2,2026-01-01\n"))
    folder = export(clients="client_id,name\nK1,Anna\n", projects=PROJECT + "P1,K1,uitbouw,1,2026-01-05,,\n")
    (folder / "quotes.csv").unlink()
    report = load(engine, folder)
    assert [(each.lacking, each.is_held) for each in report.files] == [(["K2"], False), (["P2", "P3"], False)]
    assert _present(engine, "projects") == ["P1", "P2", "P3"]

    report = load(engine, folder, terms=WHOLE)
    assert (report.exit_code, [each.is_held for each in report.files]) == (0, [True, True])
    assert [_present(engine, name) for name in ("clients", "projects", "quotes")] == [["K1"], ["P1"], []]
    assert len(_rows(engine, "projects", "project_id")) == 3
    assert load(engine, folder, TOMORROW, terms=WHOLE).files[1].lacking == []

    load(engine, export(**whole), TOMORROW, terms=WHOLE)
    assert [_present(engine, name) for name in ("clients", "projects", "quotes")] == [
        ["K1", "K2"],
        ["P1", "P2", "P3"],
        ["Q1"],
    ]


def test_feedback_names_its_project_again_when_that_is_back(engine: Engine, load: Load, export: Export) -> None:
    """Also when that export has no feedback.csv: else the client is asked once more how it went."""
    heading = "feedback_id,client_id,project_id,given_on,kind,score\n"
    project = f"{PROJECT}P1,K1,uitbouw,1,2026-01-05,,\n"
    load(engine, export(clients="client_id,name\nK1,Anna\n", projects=project), terms=WHOLE)
    folder = export(projects=PROJECT, feedback=f"{heading}F1,K1,P1,2026-01-09,nps,9\nF2,K1,P2,2026-01-09,nps,9\n")
    report = load(engine, folder, terms=WHOLE)
    assert [(fault.row_id, fault.column) for fault in report.faults] == [("F1", "project_id"), ("F2", "project_id")]

    (folder / "feedback.csv").unlink()
    load(engine, export(projects=project), TOMORROW, terms=WHOLE)
    assert _rows(engine, "feedback", "feedback_id", "project_id") == [("F1", "P1"), ("F2", None)]


@pytest.mark.parametrize(
    "row",
    [
        '"F1";"K1";"2026-01-03";"other";"ja";"Hij zei "nooit meer""',
        'F1;K1;2026-01-03;other;ja;"nooit meer',
        '"F1";K1;2026-01-03;other;ja;"nooit" meer',
    ],
)
def test_a_row_with_broken_quotes_is_not_lacking(engine: Engine, load: Load, export: Export, row: str) -> None:
    """The complaint that we hold would not count any more, and its client would get marketing again."""
    heading = "feedback_id;client_id;given_on;kind;negative;comment\n"
    whole = {"clients": "client_id,name\nK1,Anna\n", "feedback": f"{heading}F1;K1;2026-01-03;other;ja;Nooit meer\n"}
    load(engine, export(**whole), terms=WHOLE)
    report = load(engine, export(feedback=f"{heading}{row}\n"), terms=WHOLE)
    assert [(fault.column, fault.row_id) for fault in report.faults] == [("", "F1")]
    assert _present(engine, "feedback") == ["F1"]


def test_an_export_that_lacks_much_is_not_taken_on_its_word(engine: Engine, load: Load, export: Export) -> None:
    """More than 50 rows and more than 5 %: nothing is written until somebody confirms."""
    every = [f"K{number},Klant {number}\n" for number in range(60)]
    load(engine, export(clients="client_id,name\n" + "".join(every)))
    folder = export(clients="client_id,name\nK0,Anders\n" + "".join(every[1:9]))
    with pytest.raises(ImportStopped, match="lacks 51 of the 60"):
        load(engine, folder, terms=WHOLE)
    assert _rows(engine, "clients", "name")[0] == ("Klant 0",)
    load(engine, folder, terms=WHOLE, confirm=True)
    assert len(_present(engine, "clients")) == 9


@pytest.mark.parametrize("new", ["12,Anna Bakker,anna@voorbeeld.nl", "X9,anna  BAKKER,Anna@voorbeeld.nl"])
def test_known_clients_under_new_ids_stop_the_import(engine: Engine, load: Load, export: Export, new: str) -> None:
    """Ids that lost their zeros, or that are new altogether, would bring every mail a second time."""
    load(engine, export(clients="client_id,name,email\n0012,Anna Bakker,anna@voorbeeld.nl\n"))
    folder = export(clients=f"client_id,name,email\n{new}\n")
    with pytest.raises(ImportStopped, match=r"under other ids.*was 0012.*--confirm"):
        load(engine, folder)
    assert _rows(engine, "clients", "client_id") == [("0012",)]
    assert load(engine, folder, confirm=True).files[0].new == 1


def test_a_second_record_of_a_known_client_is_no_new_number(engine: Engine, load: Load, export: Export) -> None:
    """As long as the export still has the first one."""
    load(engine, export(clients="client_id,name,email\nK1,Anna,anna@voorbeeld.nl\n"))
    folder = export(clients="client_id,name,email\nK1,Anna,anna@voorbeeld.nl\nK2,Anna,anna@voorbeeld.nl\n")
    assert load(engine, folder).files[0].new == 1


def test_an_earlier_address_is_kept(engine: Engine, load: Load, export: Export) -> None:
    """Whoever changes an address, it is remembered; an erased person's is not."""
    for address in ("anna@oud.nl", "", "anna@nieuw.nl", "anna@NIEUW.nl"):
        load(engine, export(clients=f"client_id,name,email\nK1,Anna,{address}\nK2,Bert,bert@oud.nl\n"))
    with writing(engine) as connection:
        erased = update(clients).where(clients.c.client_id == "K2").values(recipient="", erased_on=TODAY)
        connection.execute(erased)
    assert _rows(engine, "earlier_recipients", "client_id", "recipient") == [("K1", "anna@oud.nl")]
    assert earlier_recipients.name in metadata.tables


def test_our_own_page_outranks_the_export(engine: Engine, load: Load, export: Export) -> None:
    """What a client said there stays, and the difference is told; that he wants no mail always counts."""
    load(engine, export(clients="client_id,name,consent\nK1,Anna,no\nK2,Bert,yes\n"))
    with writing(engine) as connection:
        connection.execute(update(clients).values(consent_told_on=TODAY))
    report = load(engine, export(clients="client_id,name,consent\nK1,Anna,yes\nK2,Bert,no\n"))
    assert [(fault.row_id, fault.column) for fault in report.faults] == [("K1", "consent")]
    assert _rows(engine, "clients", "consent") == [("no",), ("no",)]


def test_an_address_of_many_is_reported_without_being_named(engine: Engine, load: Load, export: Export) -> None:
    rows = "".join(f"K{number:02d},Klant,bureau@voorbeeld.nl\n" for number in range(11))
    report = load(engine, export(clients="client_id,name,email\n" + rows))
    assert report.notices == ["11 client records share the e-mail address of client K00: to us they are one recipient"]
    assert report.exit_code == 0


def test_the_template_is_an_export(engine: Engine, load: Load, tmp_path: Path) -> None:
    """Eight files that the import takes as they are; what is there already is not overwritten."""
    folder = tmp_path / "template"
    assert len(write_template(folder)) == 8
    report = load(engine, folder)
    assert (report.exit_code, report.faults, report.warnings) == (0, [], [])
    with pytest.raises(TemplateExists):
        write_template(folder)


def test_a_sign_up_of_our_own_page_is_held_with_its_referrer_alone(engine: Engine, load: Load, export: Export) -> None:
    """No export has it, and none takes it away; a referral of the CRM that is gone from the export is held.

    With the referrer it goes, and comes back: before, whoever was away once had lost what his link brought.
    """
    referral = "referral_id,referrer_id,invited_on\n"
    load(engine, export(clients="client_id,name\nK1,Anna\n", referrals=f"{referral}R1,K1,2026-01-02\n"))
    with writing(engine) as connection:
        own = {"referral_id": "web-0123456789ab", "referrer_id": "K1", "invited_on": TODAY, "signed_up_on": TODAY}
        connection.execute(referrals.insert().values(own))

    load(engine, export(clients="client_id,name\nK1,Anna\n", referrals=referral), terms=WHOLE)
    assert _present(engine, "referrals") == ["web-0123456789ab"]
    load(engine, export(clients="client_id,name\nK2,Piet\n"), terms=WHOLE)
    assert _present(engine, "referrals") == []
    load(engine, export(clients="client_id,name\nK1,Anna\n"), terms=WHOLE)
    assert _present(engine, "referrals") == ["web-0123456789ab"]
