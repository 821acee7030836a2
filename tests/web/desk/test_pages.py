"""What the pages of the desk say and do: clients, messages in doubt, payouts, and who did what."""

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

import templates
from models import tables
from models.database.engine import writing
from programme.words.dates import AMSTERDAM
from programme.words.wording import NO_DAY
from tasks.desk.search import search_clients
from tasks.money.booking import book
from tasks.money.payees import record_iban
from tasks.referrals.batches import SCHEDULED_NAME, Settlement
from tasks.referrals.reviewing import block
from tasks.referrals.settlement import prepare_settlement
from tasks.runs.backlog import read_doubts
from tests import payouts
from tests.factories import programme as made_programme
from tests.web.conftest import message_row
from tests.web.desk.conftest import ANKE, BAS, JEROEN, MARIJE, NOW, Desk, Opens, token_on
from web.desk import visit
from web.desk.pages.payouts import NOT_PAYABLE

TODAY = NOW.date()


class TestSearch:
    """A client is found by whatever somebody says on the phone."""

    @pytest.fixture
    def peopled(self, engine: Engine, open_desk: Opens) -> Desk:
        """On both databases: what finds them are indexes on expressions, which each writes its own way."""
        desk = open_desk(engine)
        desk.add_client("K1", "Anna de Vries", phone="06-48719105")
        desk.add_client("K2", "Bouwbedrijf Van Dam B.V.", phone="+31 58 123 45 67")
        desk.add_client("K3", "Noël Zijlstra")
        desk.add_client("K4", "Jan Vriesema", held_on=TODAY)
        desk.add_client("K5", "Élise Çelik", phone="+31 (0)6 2222 3333")
        desk.add_client("K6", "Ebru Özdemir", phone="0031 6 4444 5555")
        desk.add_project("K1", address="Kerkweg 12, Dokkum", postcode="9101 KT")
        desk.add_project("K3", address="Singel 1, Sneek", postcode="8601 AB")
        return desk

    FOUND_BY: tuple[tuple[str, list[str]], ...] = (
        ("anna", ["K1"]),
        ("VRIES", ["K1"]),
        ("de vries", ["K1"]),
        ("vries anna", ["K1"]),
        ("van dam", ["K2"]),
        ("dam", ["K2"]),
        ("noël", ["K3"]),
        *((asked, ["K5"]) for asked in ("Élise", "élise", "çelik", "ÇELIK", "çelik élise")),
        *((asked, ["K6"]) for asked in ("özd", "Özdemir ebru", "zdemir", "0644445555", "+31 6 4444")),
        ("0622223333", ["K5"]),
        ("+31 (0)6 2222 3333", ["K5"]),
        ("0031622223333", ["K5"]),
        ("0648719105", ["K1"]),
        ("06-4871", ["K1"]),
        ("0581234567", ["K2"]),
        ("kerkweg", ["K1"]),
        ("kerkweg 12 vries", ["K1"]),
        ("vries kerkweg 12", ["K1"]),
        ("9101kt", ["K1"]),
        ("8601", ["K3"]),
        ("k2", ["K2"]),
        ("k3@voorbeeld", ["K3"]),
        ("vriesema", []),
        ("niemand", []),
        ("", ["K1", "K2", "K3", "K5", "K6"]),
    )

    def test_finding(self, peopled: Desk) -> None:
        """By name in any order, number, street, postcode, mail address or client number; never one that is held."""
        for asked, wanted in self.FOUND_BY:
            found = [each.client_id for each in search_clients(peopled.engine, asked, 0, 10)]
            assert found == wanted, asked

    def test_every_way_uses_an_index(self, sqlite_engine: Engine, open_desk: Opens) -> None:
        """No way of looking but the last reads the whole table: SQLite says SEARCH, not SCAN."""
        from tasks.desk.search import _ways

        open_desk(sqlite_engine).add_client("K1")
        with sqlite_engine.connect() as connection:
            for asked in ("anna", "kerkweg 12", "9101 KT", "0612345678", "a@b.nl"):
                for way in _ways("sqlite", asked):
                    sql = str(way.limit(9).compile(sqlite_engine, compile_kwargs={"literal_binds": True}))
                    plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
                    assert any("USING" in step and "INDEX" in step for step in plan), (asked, plan)
                    assert not any(step.startswith(("SCAN clients", "SCAN projects")) for step in plan), (asked, plan)

    def test_who_owns_many_houses_hides_nobody(self, engine: Engine, open_desk: Opens) -> None:
        """Each page goes on where the one before ended, also where some clients have several projects in a street."""
        desk = open_desk(engine)
        for number in range(60):
            desk.add_client(f"K{number:02d}", f"Klant {number:02d}")
            for house in range(1 + number % 3 * 2):
                desk.add_project(f"K{number:02d}", f"P{number:02d}-{house}", address="Kerkweg 1")
        pages = [search_clients(engine, "kerkweg", first, 25) for first in (0, 25, 50)]
        assert [each.client_id for page in pages for each in page] == [f"K{number:02d}" for number in range(60)]

    def test_namesakes_keep_their_order(self, engine: Engine, open_desk: Opens) -> None:
        """One order for any page, by client id where names are alike; the address is that of the latest project."""
        desk = open_desk(engine)
        for number in range(60, 0, -1):
            desk.add_client(f"K{number:02d}", "Jan Jansen")
        desk.add_project("K01", "P2", address="Singel 2")
        desk.add_project("K01", "P1", address="Singel 1")
        for asked in ("jan", "jansen", "anse"):
            found = [search_clients(engine, asked, first, 20) for first in (0, 20, 40)]
            assert [each.client_id for page in found for each in page] == [f"K{n:02d}" for n in range(1, 61)], asked
            assert found[0][0].address == "Singel 2", asked

    def test_pages(self, sqlite_engine: Engine, open_desk: Opens) -> None:
        """Twenty-five a page, each once, and a way on and back that keeps the question."""
        desk = open_desk(sqlite_engine)
        for number in range(60):
            desk.add_client(f"K{number:02d}", f"Jan Jansen {number:02d}")
        browser = desk.as_person()
        first, second, third = (browser.get(f"/desk/clients?q=jan&pagina={page}").text for page in (1, 2, 3))
        shown = [page.count('class="task"') for page in (first, second, third)]
        assert shown == [25, 25, 10]
        assert "q=jan&amp;pagina=2" in first
        assert 'rel="prev"' not in first
        assert 'rel="next"' not in third
        past = browser.get("/desk/clients?q=jan&pagina=4")  # what stood there may be done
        assert (past.status_code, past.headers["location"]) == (303, "/desk/clients?q=jan&pagina=1")


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A client with a project, a low score, and a mail."""
    desk.add_client("K1", phone="06-48719105", phone_consent=None)
    desk.add_project("K1", "P1")
    return desk


def test_a_client_page_tells_all(told: Desk) -> None:
    """What comes, the sum of the score, projects, standing; and no name in its title."""
    said = {"client_id": "K1", "project_id": "P1", "given_on": TODAY - timedelta(days=1), "kind": "nps", "score": 3}
    told.add(tables.feedback, feedback_id="F1", comment="Twee keer teruggebeld moeten worden.", **said)
    page = told.as_person().get("/desk/clients/K1").text
    for words in ("Sjaak Mulder", "06-48719105", "Singel 52, Dokkum", "70, let op", "−30", "Twee keer teruggebeld"):
        assert words in page, words
    assert "alle mails wachten tot die is opgelost" in page
    assert "<wbr>@" in page, "a long address breaks before its @"
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "Mulder" not in title


def test_a_client_page_says_what_it_leaves_out(desk: Desk) -> None:
    """Of facts, projects and records of one address it shows the latest or the first, and how many more there are."""
    for number in range(13):
        desk.add_client(f"K{number:02d}", email="samen@voorbeeld.nl", recipient="samen@voorbeeld.nl")
    for number in range(7):
        desk.add_project("K00", f"P{number}", ordered_on=date(2025, 1, 1), delivered_on=None)
    for number in range(313):
        at = {"client_id": f"K{number % 2:02d}", "occurred_on": date(2024, 1, 1) + timedelta(days=number)}
        desk.add(tables.interactions, interaction_id=f"I{number}", direction="in", **at)
    page = desk.as_person().get("/desk/clients/K00").text
    assert "En 2 eerdere." in page
    assert "nog 2 klanten</dd>" in page
    older = page.partition("Ook de 300 daarvoor")[2]
    assert "8 oudere feiten staan hier niet." in older
    assert "[K01]" in older, "an older fact names the record that it is of, too"


@pytest.mark.parametrize(
    ("proof", "told_words"),
    [
        ({"source": "import"}, "Gegeven, volgens de administratie, vandaag"),
        (
            {"source": "preferences", "wording": "U mag mij bellen"},
            "Gegeven: “U mag mij bellen”, op onze pagina, vandaag",
        ),
        (
            {"source": "desk", "wording": "Ja", "how": "Aan de balie", "by_name": BAS},
            "Gegeven: “Ja”, Aan de balie, vandaag",
        ),
    ],
    ids=["export", "page", "desk"],
)
def test_a_consent_is_told_with_what_is_known_of_it(told: Desk, proof: dict[str, str], told_words: str) -> None:
    """An export has no words, and our page no place; neither is shown as a value that is not there."""
    told.change(tables.clients, client_id="K1", phone_consent=True)
    told.add(tables.call_consents, client_id="K1", consent=True, told_at=told.now[0], **proof)
    assert told_words in told.as_person().get("/desk/clients/K1").text


@pytest.mark.slow
def test_consent_to_be_called_needs_words(told: Desk) -> None:
    """Without wording, place or a day that has been, nothing is noted; with them it is, with who noted it."""
    browser = told.as_person()
    form = {
        "do": "consent",
        "wording": "Mogen wij u bellen? Ja.",
        "how": "Aan de telefoon",
        "told_on": "3-3-2026",
    }
    for lacking in ({"wording": ""}, {"how": ""}, {"told_on": "4-3-2026"}, {"told_on": "gisteren"}):
        answer = browser.submit("/desk/clients/K1", **form | lacking)
        assert answer.status_code == 422
        assert "Nog één ding" in answer.text
    assert told.rows(tables.call_consents) == []
    assert browser.submit("/desk/clients/K1", **form).headers["location"] == "/desk/clients/K1?gedaan=mag"
    (row,) = told.rows(tables.call_consents)
    assert (row["consent"], row["source"], row["by_name"]) == (True, "desk", BAS)
    assert row["wording"] == form["wording"]
    assert told.rows(tables.clients)[0]["phone_consent"] is True
    refusal = browser.submit("/desk/clients/K1", do="no_consent", told_on="3-3-2026")
    assert refusal.headers["location"].endswith("magniet")
    assert told.rows(tables.clients)[0]["phone_consent"] is False
    assert told.acts() == [("note call consent", BAS)] * 2


def test_a_refusal_of_last_week_ends_a_call_today(told: Desk) -> None:
    """No task ended before it was made."""
    call = {"kind": "exit_call", "purpose": "marketing", "channel": "phone", "level": "engineer", "state": "open"}
    own = {"task_id": "exit_call:K1:Q1", "client_id": "K1", "cause": "Q1", "attempts": 0}
    told.add(tables.people_tasks, **own, **call, made_at=NOW, due_at=NOW + timedelta(days=3))
    told.as_person().submit("/desk/clients/K1", do="no_consent", told_on="24-2-2026")
    (task,) = told.rows(tables.people_tasks)
    assert (task["state"], task["ended_at"]) == ("cancelled", NOW)


def test_a_consent_from_before_a_refusal_is_none(told: Desk) -> None:
    """Whoever said no since then is not called because of an older yes."""
    browser = told.as_person()
    form = {"do": "consent", "wording": "Mogen wij u bellen? Ja.", "how": "Op kantoor"}
    browser.submit("/desk/clients/K1", do="no_consent", told_on="2-3-2026")
    refused = browser.submit("/desk/clients/K1", **form, told_on="1-3-2026")
    assert (refused.status_code, told.rows(tables.clients)[0]["phone_consent"]) == (422, False)
    assert "Een ja van daarvoor telt niet meer." in refused.text
    assert browser.submit("/desk/clients/K1", **form, told_on="2-3-2026").status_code == 303


def test_a_complaint_by_phone_is_noted(told: Desk) -> None:
    """As feedback of that client, with its severity, project and words; nobody else's project is taken."""
    told.add_client("K2", "Lars de Boer")
    browser = told.as_person()
    form = {"do": "complaint", "severity": "major", "project": "P1", "text": "De balk ligt verkeerd."}
    assert browser.submit("/desk/clients/K1", **form).headers["location"].endswith("?gedaan=klacht")
    (row,) = told.rows(tables.feedback)
    assert (row["feedback_id"], row["client_id"], row["severity"]) == ("desk-1", "K1", "major")
    assert row["comment"] == "De balk ligt verkeerd."
    assert browser.submit("/desk/clients/K2", **form).status_code == 409
    assert browser.submit("/desk/clients/K1", **form | {"severity": "ramp"}).status_code == 400
    assert browser.submit("/desk/clients/K9", on="/desk/clients", **form).status_code == 404
    assert len(told.rows(tables.feedback)) == 1
    assert told.acts() == [("note complaint", BAS)]


def test_a_complaint_is_noted_once(told: Desk) -> None:
    """A button pressed twice notes one complaint; a real second one is noted from the page as it is then."""
    browser = told.as_person()
    page = browser.get("/desk/clients/K1").text
    (noted,) = re.findall(r'name="noted" value="(\d+)"', page)
    form = {"do": "complaint", "severity": "minor", "text": "De balk ligt verkeerd.", "noted": noted}
    assert browser.submit("/desk/clients/K1", **form).status_code == 303
    again = browser.submit("/desk/clients/K1", **form)
    assert (again.status_code, len(told.rows(tables.feedback))) == (409, 1)
    assert "Er is niets dubbel gedaan." in again.text
    assert "De balk ligt verkeerd.</textarea>" in again.text
    assert browser.submit("/desk/clients/K1", **form | {"noted": "1"}).status_code == 303


def test_nothing_is_noted_of_an_erased_client(told: Desk) -> None:
    """The page says so, and shows neither name nor number."""
    with writing(told.engine) as connection:
        connection.execute(update(tables.clients).values(erased_on=TODAY, name="", phone=None, recipient=""))
    browser = told.as_person()
    page = browser.get("/desk/clients/K1").text
    assert "Deze klant is gewist" in page
    assert "Mulder" not in page
    assert "Gezondheid" not in page
    form = {"do": "complaint", "severity": "major"}
    assert browser.submit("/desk/clients/K1", **form).status_code == 404


class TestDoubtful:
    """Mails in doubt."""

    @pytest.fixture
    def doubting(self, desk: Desk) -> Desk:
        """Two messages of one request in doubt, two hours old by the database's own clock."""
        desk.add_client("K1")
        with writing(desk.engine) as connection:
            request = {
                "request_id": "R1", "as_of": TODAY, "delivery": "sendgrid", "touchpoint": "seasonal", "recipients": 2,
                "first_id": 1, "last_id": 2, "worker": "w", "state": "in_doubt", "claimed_at": NOW, "lease_until": NOW,
            }  # fmt: skip
            connection.execute(tables.requests.insert().values(request))
            for number in (1, 2):
                message = {
                    "id": number, "message_id": f"{number:032x}", "client_id": "K1", "recipient": "k1@voorbeeld.nl",
                    "touchpoint": "seasonal", "occasion": f"2026-0{number}", "flow": "daily", "purpose": "marketing",
                    "as_of": TODAY, "due_on": TODAY, "closes_on": TODAY, "status": "in_doubt", "request_id": "R1",
                    "settled_at": NOW - timedelta(hours=2), "subject": f"Brief {number}",
                }  # fmt: skip
                connection.execute(tables.messages.insert().values(message))
        return desk

    def test_sending_again(self, doubting: Desk) -> None:
        """After the settle time only; the sentence before the button says what can happen; who did it is kept."""
        browser = doubting.as_person()
        page = browser.get("/desk/messages").text
        assert "Kwam de eerste toch aan, dan krijgt de klant de mail twee keer." in page
        assert (
            browser.submit("/desk/messages", do="resend", message=f"{1:032x}").headers["location"].endswith("opnieuw")
        )
        statuses = {row["occasion"]: row["status"] for row in doubting.rows(tables.messages)}
        assert statuses == {"2026-01": "planned", "2026-02": "in_doubt"}
        assert browser.submit("/desk/messages", do="resend", message=f"{1:032x}").status_code == 409
        assert doubting.rows(tables.resends)[0]["by_name"] == BAS
        assert doubting.acts() == [("resend message", BAS)]

    def test_too_soon(self, doubting: Desk) -> None:
        """No button, and no effect of a post: until the hour is over it may turn out to have arrived."""
        doubting.now[0] = NOW - timedelta(minutes=90)
        browser = doubting.as_person()
        assert "Nog eens versturen kan vanaf vandaag 09.40 uur" in browser.get("/desk/messages").text
        with writing(doubting.engine) as connection:
            fresh = text("UPDATE messages SET settled_at = strftime('%Y-%m-%d %H:%M:%f000', 'now')")
            connection.execute(fresh)
        assert browser.submit("/desk/messages", on="/desk/acts", do="resend", message=f"{1:032x}").status_code == 409
        assert {row["status"] for row in doubting.rows(tables.messages)} == {"in_doubt"}

    def test_letting_it_rest(self, doubting: Desk) -> None:
        """It leaves the list and the count in the menu, and is not sent."""
        browser = doubting.as_person()
        assert browser.submit("/desk/messages", do="leave", message=f"{1:032x}").headers["location"].endswith("rust")
        page = browser.get("/desk/messages").text
        assert "Brief 1" not in page
        assert "Brief 2" in page
        assert browser.submit("/desk/messages", do="leave", message=f"{1:032x}").status_code == 409
        assert [doubt.messages for doubt in read_doubts(doubting.engine)] == [1]
        browser.submit("/desk/messages", do="resend_request", request="R1", message="x")
        assert "Niets in twijfel" in browser.get("/desk/messages").text
        assert {row["subject"]: row["status"] for row in doubting.rows(tables.messages)} == {
            "Brief 1": "in_doubt",
            "Brief 2": "planned",
        }
        assert doubting.acts() == [("leave message", BAS), ("resend request", BAS)]

    def test_a_word_that_is_no_button(self, doubting: Desk) -> None:
        """It lets no mail rest."""
        refused = doubting.as_person().submit("/desk/messages", do="x", message=f"{1:032x}", request="R1")
        assert (refused.status_code, visit.UNKNOWN in refused.text, doubting.acts()) == (400, True, [])


class TestPayouts:
    """The batch that waits."""

    def test_without_a_batch(self, desk: Desk) -> None:
        """The page says when the next begins: on the morning of a 1st, today's still comes."""
        browser = desk.as_person()
        assert "De volgende begint op 1 april 2026." in browser.get("/desk/payouts").text
        for minute, day in ((4, "1 april"), (5, "1 mei")):
            desk.now[0] = datetime(2026, 4, 1, 8, minute, tzinfo=AMSTERDAM)
            assert f"De volgende begint op {day} 2026." in desk.as_person().get("/desk/payouts").text

    def test_approving(self, sqlite_engine: Engine, open_desk: Opens) -> None:
        """The page shows every account and amount; another approver's button fixes the file, once."""
        desk = open_desk(sqlite_engine, payouts.programme())
        prepared = self.prepared(desk)
        assert prepared.batch is not None
        browser = desk.as_person(MARIJE)
        page = browser.get("/desk/payouts").text
        for line in prepared.lines:
            assert line.iban in page
            assert line.holder in page
        names = {row["client_id"]: row["name"] for row in desk.rows(tables.clients)}
        assert prepared.left_open
        for each in prepared.left_open:
            assert f'{names[each.referrer_id]}<br><a class="small" href="/desk/clients/{each.referrer_id}">' in page
        form = {"do": "approve", "batch": prepared.batch.batch_id}
        assert browser.submit("/desk/payouts", **form).headers["location"].endswith("goedgekeurd")
        (batch,) = desk.rows(tables.settlement_batches)
        assert (batch["state"], batch["approved_by"]) == ("approved", MARIJE)
        assert browser.submit("/desk/payouts", **form).status_code == 409
        assert desk.acts() == [("approve settlement", MARIJE)]

    def test_a_word_that_is_no_button(self, sqlite_engine: Engine, open_desk: Opens) -> None:
        """It approves nothing, whoever posts it."""
        desk = open_desk(sqlite_engine, payouts.programme())
        batch = self.prepared(desk).batch
        assert batch is not None
        for pressed in ("", "x", "APPROVE", "reject"):
            refused = desk.as_person(MARIJE).submit("/desk/payouts", do=pressed, batch=batch.batch_id)
            assert (refused.status_code, visit.UNKNOWN in refused.text) == (400, True)
        assert [row["state"] for row in desk.rows(tables.settlement_batches)] == ["prepared"]

    def test_without_an_account_of_the_firm(self, sqlite_engine: Engine, open_desk: Opens) -> None:
        """The page says what is missing, rather than that the batch changed; the batch goes on waiting."""
        nameless = made_programme(**{"partners.enabled": True, "payouts.iban": "", "payouts.holder": ""})
        desk = open_desk(sqlite_engine, nameless)
        batch = self.prepared(desk).batch
        assert batch is not None
        refused = desk.as_person(MARIJE).submit("/desk/payouts", do="approve", batch=batch.batch_id)
        assert (refused.status_code, NOT_PAYABLE in refused.text) == (409, True)
        assert desk.rows(tables.settlement_batches)[0]["state"] == "prepared"

    def test_what_lapsed_is_not_counted(self, sqlite_engine: Engine, open_desk: Opens) -> None:
        """Of a round in which a payment became void, number and sum are those of what is paid."""
        desk = open_desk(sqlite_engine, payouts.programme())
        batch = self.prepared(desk, has_two=True).batch
        assert batch is not None
        browser = desk.as_person(MARIJE)
        page = browser.get("/desk/payouts").text
        assert "2 betalingen klaar, samen <b>€\xa0350</b>" in page
        assert 'data-l="Bedrag">€\xa0350</td></tr></tfoot>' in page
        block(desk.engine, "A2", BAS, "dubbel", desk.now[0])
        assert browser.submit("/desk/payouts", do="approve", batch=batch.batch_id).headers["location"].endswith("deels")
        page = browser.get("/desk/payouts").text
        assert "1 betaling klaar, samen <b>€\xa0250</b>" in page
        assert "beloning, vervalt" in page

    def prepared(self, desk: Desk, has_two: bool = False) -> Settlement:
        """The batch of a year of referrals, which waits for an approver. Args: has_two: of two payments."""
        payouts.add_year(desk.engine)
        if has_two:
            with writing(desk.engine) as connection:
                record_iban(connection, "A2", payouts.IBAN, "A. Twee", payouts.at(TODAY))
        booked_on = date(2026, 5, 5)
        book(desk.engine, payouts.programme(), booked_on, "rewards", payouts.at(booked_on))
        desk.now[0] = payouts.at(payouts.SETTLED_ON)
        done = prepare_settlement(desk.engine, payouts.programme(), payouts.SETTLED_ON, JEROEN, desk.now[0])
        return done.settlement


def test_who_did_what(told: Desk) -> None:
    """By day, with the person, what it was about and what changed; and no way to change any of it."""
    browser = told.as_person(ANKE)
    browser.submit("/desk/clients/K1", do="complaint", severity="minor")
    page = browser.get("/desk/acts").text
    assert "<b>Anke Wiersma</b> meldde een klacht" in page
    assert "ernst: klein" in page
    assert "project id" not in page
    assert "logde in" in page
    assert 'method="post" action="/desk/acts' not in page
    assert "Nog niets vastgelegd op deze dag." in browser.get("/desk/acts?dag=2026-03-01").text
    for typed in ("banaan", "31-2-2026"):
        assert f'<a href="#dag">{NO_DAY}</a>' in browser.get(f"/desk/acts?dag={typed}").text
    assert all(NO_DAY not in browser.get(f"/desk/acts{asked}").text for asked in ("", "?dag=", "?dag=1-3-2026"))
    assert browser.post("/desk/acts", data={"token": "x"}).status_code in (404, 405)


@pytest.mark.parametrize(
    ("act", "before", "after", "words"),
    [
        ("erase client", None, None, "wiste een klant"),
        ("resolve case", '{"state": "open"}', '{"state": "resolved"}', "stand: loopt → opgelost"),
        ("snooze task", None, '{"snoozed_until": "2026-03-05"}', "uitgesteld tot: 5 maart 2026"),
        ("away", None, '{"until": "2026-03-05T09:00+01:00"}', "tot: 5 maart 2026 09.00 uur"),
        ("approve settlement", None, '{"total_cents": 112550, "voided": 0}', "bedrag: € 1.125,50"),
        ("resolve feedback", None, '{"feedback": 3, "given_before": "2026-01-01"}', "gegeven vóór: 1 januari 2026"),
    ],
)
def test_no_act_is_told_in_a_code(told: Desk, act: str, before: str | None, after: str | None, words: str) -> None:
    """Whether the desk or the command line did it."""
    values = {"by_name": BAS, "source": "cli", "subject_id": "", "before": before, "after": after}
    told.add(tables.acts, at=NOW, recorded_at=NOW, act=act, **values)
    assert words in told.as_person().get("/desk/acts").text


def test_a_low_score_is_one_that_opens_a_case(told: Desk) -> None:
    """Of a survey on loyalty the first question alone is feedback; effort is, and is never negative."""
    told.add(tables.messages, **message_row("K1", "survey_loyalty", message_id="1" * 32))
    for question in ("trouw-aanbevelen", "trouw-opnieuw", "trouw-meer", "enquete-moeite"):
        own = {"question": question, "answer": "4", "score": 4, "wording": f"{question}/1", "scale": "0-10"}
        told.add(tables.answers, message_id="1" * 32, client_id="K1", answered_on=TODAY, answered_at=NOW, **own)
    assert "Binnen: 4 antwoorden, waarvan 1 met een laag cijfer." in told.as_person().get("/desk").text


@pytest.mark.parametrize(("touchpoint", "tier"), [("tier_upgrade", "smaragd"), ("jubileum", "zilver")])
def test_a_mail_of_what_the_programme_had_is_still_told(told: Desk, touchpoint: str, tier: str) -> None:
    """Its tier or its template was taken away since: whom it went to and when stays to be seen."""
    variant = {
        "earned_by": "projects", "has_project": True, "is_company": False, "next_tier": "", "offer": "personal",
        "referral": False, "signed_by": "team", "tier": tier, "tier_before": "brons",
    }  # fmt: skip
    fields = {"earned": "tweede", "greeting": "Beste Anna,", "discount": "10", "discount_on": "op alles"}
    made = {
        "variant": json.dumps(variant),
        "fields": json.dumps(fields),
        "sender_name": "Bureau Broersma",
        "subject": "U bent nu lid",
    }
    told.add(tables.messages, **message_row("K1", touchpoint, message_id="1" * 32, **made))
    page = told.as_person().get(f"/desk/mails/{'1' * 32}")
    assert page.status_code == 200
    assert "U bent nu lid" in page.text
    assert "niet meer te lezen" in page.text


def test_a_mail_is_told_in_the_firm_s_own_words(sqlite_engine: Engine, open_desk: Opens, tmp_path: Path) -> None:
    """As it went: of the firm's own template, and not of ours with the same name."""
    (tmp_path / "mail").mkdir()
    own = "{% extends frame %}{% block subject %}Groei{% endblock %}{% block preheader %}x{% endblock %}"
    own += "{% block heading %}x{% endblock %}{% block body %}\nAlles slaat aan.\n{% endblock %}"
    (tmp_path / "mail" / "review_reminder.jinja").write_text(own)
    told = open_desk(sqlite_engine, templates=tmp_path)
    told.add_client("K1")
    fields = {
        "greeting": "Beste Anna,",
        "preferences_url": "https://b.example/v",
        "unsubscribe_url": "https://b.example/u",
    }
    made = {"variant": "{}", "fields": json.dumps(fields), "sender_name": "x", "subject": "Groei"}
    told.add(tables.messages, **message_row("K1", "review_reminder", message_id="2" * 32, **made))
    assert "Alles slaat aan." in told.as_person().get(f"/desk/mails/{'2' * 32}").text


def test_after_an_act_the_same_page_comes_back(told: Desk) -> None:
    """An id of the CRM is any text; in an address it is quoted."""
    told.add_client("K#1?a")
    browser = told.as_person()
    noted = browser.submit("/desk/clients/K%231%3Fa", do="complaint", severity="minor")
    assert noted.headers["location"] == "/desk/clients/K%231%3Fa?gedaan=klacht"
    assert browser.get(noted.headers["location"]).status_code == 200


def add_batch(told: Desk, by: str, key: str) -> None:
    """A batch that waits for an approver."""
    told.add(
        tables.settlement_batches,
        batch_id="S20260301-1",
        as_of=date(2026, 3, 1),
        number=1,
        state="prepared",
        prepared_by=by,
        preparer_key=key,
        prepared_at=NOW,
    )


def test_only_an_approver_who_did_not_prepare_it(told: Desk) -> None:
    """The page of whoever may not says why; its post is refused as well."""
    add_batch(told, JEROEN, "jeroenbroersma")
    for name in (BAS, JEROEN):
        browser = told.as_person(name)
        page = browser.get("/desk/payouts").text
        assert "Goedkeuren kan alleen iemand die mag goedkeuren" in page
        assert "Marije Broersma" in page
        assert browser.submit("/desk/payouts", do="approve", batch="S20260301-1").status_code == 403
    marije = told.as_person(MARIJE)
    assert 'value="approve"' in marije.get("/desk/payouts").text
    assert marije.submit("/desk/payouts", do="withdraw", batch="S20260301-1").status_code == 422
    assert marije.submit("/desk/payouts", do="withdraw", batch="S20260301-1", reason="dubbel").status_code == 303
    assert told.rows(tables.settlement_batches)[0]["state"] == "withdrawn"
    assert told.acts() == [("withdraw settlement", MARIJE)]


def test_a_batch_of_the_clock_is_said_in_words(told: Desk) -> None:
    """No page shows the name of a flow; of two who may approve both are named, with "en"."""
    add_batch(told, SCHEDULED_NAME, SCHEDULED_NAME)
    page = told.as_person(BAS).get("/desk/payouts").text
    assert SCHEDULED_NAME not in page
    assert page.count("Het systeem") == 2
    assert f"Dat zijn {JEROEN} en {MARIJE}." in page


class TestReplies:
    """Mail from nobody we know."""

    @pytest.fixture
    def written(self, desk: Desk) -> Desk:
        desk.add_client("K1")
        for number in (1, 2):
            desk.add(
                tables.inbound_mails,
                mail_id=f"m{number}",
                standing="unknown",
                received_at=NOW - timedelta(hours=number),
                received_on=TODAY,
                sender="iemand@elders.example",
                subject="<img src=x onerror=alert(1)>",
                words="Mijn tekening <script>alert(2)</script> is weg.",
            )
        return desk

    def test_whose_it_is(self, written: Desk) -> None:
        """Linked to a client it becomes a contact of that client; a number that nobody has is refused; once only."""
        browser = written.as_person()
        page = browser.get("/desk/replies").text
        assert "<script" not in page
        assert "<img" not in page
        assert "is weg." in page
        assert browser.submit("/desk/replies", do="link", mail="m1", client="K9").status_code == 422
        assert browser.submit("/desk/replies", do="link", mail="m1", client="").status_code == 422
        assert browser.submit("/desk/replies", do="x", mail="m1", client="K1").status_code == 400
        written.add_client("k1", recipient="k1-2@voorbeeld.nl")
        assert browser.submit("/desk/replies", do="link", mail="m1", client="k 1").status_code == 422  # K1, or k1
        written.change(tables.clients, client_id="k1", erased_on=NOW.date())
        answer = browser.submit("/desk/replies", do="link", mail="m1", client=" k 1 ")
        assert answer.headers["location"].endswith("gekoppeld")
        assert browser.submit("/desk/replies", do="link", mail="m1", client="K1").status_code == 409
        (contact,) = written.rows(tables.interactions)
        assert (contact["client_id"], contact["direction"]) == ("K1", "in")
        assert written.acts() == [("link reply", BAS)]

    def test_an_old_mail_promises_no_task(self, written: Desk) -> None:
        """No tick makes a task of a mail of more than thirty days ago, so whoever links it has to answer it."""
        browser = written.as_person()
        for mail, days, words in (("m1", 30, "binnen een kwartier een taak"), ("m2", 31, "Er komt geen taak")):
            came_at = NOW - timedelta(days=days)
            written.change(tables.inbound_mails, mail_id=mail, received_at=came_at, received_on=came_at.date())
            linked = browser.submit("/desk/replies", do="link", mail=mail, client="K1")
            assert words in browser.get(linked.headers["location"]).text

    def test_no_deed_without_its_act(self, written: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the act cannot be written, the mail waits as before."""

        def fail(*values: object) -> None:
            raise OSError("the disk is full")

        browser = written.as_person()
        page = browser.get("/desk/replies")
        monkeypatch.setattr(visit, "record_act", fail)
        for fields in ({"do": "aside"}, {"do": "link", "client": "K1"}):
            answer = browser.post("/desk/replies", data={"token": token_on(page), "mail": "m1", **fields})
            assert answer.status_code == 500
        assert written.rows(tables.inbound_mails)[0]["settled_at"] is None
        assert written.rows(tables.interactions) == []

    @pytest.mark.slow
    def test_putting_it_aside(self, written: Desk) -> None:
        """It leaves the list, the menu counts one less, and nothing else comes of it."""
        browser = written.as_person()
        assert browser.submit("/desk/replies", do="aside", mail="m1").headers["location"].endswith("terzijde")
        browser.submit("/desk/replies", do="aside", mail="m2")
        assert "Geen mail van onbekende afzenders." in browser.get("/desk/replies").text
        assert written.rows(tables.interactions) == []


def test_a_table_stays_one_on_a_telephone() -> None:
    """Its rows become cards, by `display`, for which Safari takes the meaning of each part away; a role keeps it."""
    for page in Path(templates.__file__).parent.glob("desk/*.html"):
        text = page.read_text(encoding="utf-8")
        in_cards = re.findall(r"<table[^>]*class=\"cards.*?</table>", text, re.S)
        for table in in_cards + ([text] if page.name == "mail_results.html" else []):
            assert re.findall(r"<(?:table|thead|tbody|tfoot|tr|th|td)\b(?! role=)[^>]*>", table) == [], page.name
