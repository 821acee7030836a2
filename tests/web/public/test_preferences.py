"""/voorkeuren/{token}: opening it changes nothing; what is chosen is kept with its words, for the whole person."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from models import tables
from models.database.engine import reading, writing
from programme.words.tokens import LinkPurpose
from tasks.clients.facts.preferences import count_choices
from tests.conftest import once_on_postgres
from tests.web.conftest import NOW, TODAY, Served
from web.server import wishes

TOPICS = ("project", "club", "ideas", "events", "research")
EVERYTHING = {"opslaan": "ja", "pauze": "0", "kanaal": "email"} | dict.fromkeys(TOPICS, "ja")


def link(served: Served) -> str:
    return served.unsubscribe_link().replace("/u/", "/voorkeuren/")


def choose(served: Served, **changes: str | None) -> Any:
    fields = {name: value for name, value in (EVERYTHING | changes).items() if value is not None}
    return served.client.post(link(served), data=fields)


def history(served: Served) -> list[tuple[Any, ...]]:
    names = ("recipient", "subject", "value", "since", "source", "wording")
    return [tuple(row[name] for name in names) for row in served.rows(tables.consent_history)]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_page_changes_nothing(served: Served, method: str) -> None:
    """It says why there is mail at all, and that everything is on."""
    before = served.state()
    answer = served.client.request(method, link(served))

    assert answer.status_code == 200
    assert served.state() == before
    if method == "GET":
        assert "omdat wij voor u aan een project werkten" in answer.text
        assert "Alles staat aan." in answer.text
        assert answer.text.count(" checked") == len(TOPICS) + 2
        assert "jan@example.nl" not in answer.text


def test_what_changes_is_kept_with_its_words(served: Served) -> None:
    """Day, source and wording of each change; what stays as it was is no choice."""
    answer = choose(served, ideas=None, pauze="3", minder="ja")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{link(served)}?bewaard=1")
    assert {(row[0], *row[3:5]) for row in history(served)} == {("jan@example.nl", TODAY, "preferences")}
    assert [(row[1], row[2], row[5]) for row in history(served)] == [
        ("topic:ideas", "off", "Ideeën en nieuws: Seizoensbrief, nieuwe plannen, nieuwsbrief, prijsnieuws."),
        ("pause", "3", "Een pauze van 3 maanden"),
        ("less_often", "on", "Hooguit één keer per maand reclame."),
    ]
    shown = served.client.get(answer.headers["location"]).text
    assert "Uw keuze is opgeslagen en geldt vanaf nu." in shown
    assert "Tot en met 19 juni 2026 krijgt u geen reclame." in shown


def test_saved_again_keeps_nothing_new_and_back_is_a_choice_too(served: Served) -> None:
    """The page as it stands says nothing new; switched on again on the same day is on."""
    choose(served, ideas=None, pauze="1")
    choose(served, ideas=None, pauze="")
    assert len(history(served)) == 2

    choose(served, pauze="0")
    assert [row[1:3] for row in history(served)[2:]] == [("topic:ideas", "on"), ("pause", "0")]
    assert "krijgt u geen reclame." not in served.client.get(link(served)).text.partition("Even niet")[0]


def test_saved_twice_at_once_is_kept_once(served: Served) -> None:
    """A double click: each choice, and the consent to calls, stands in its history once."""
    with ThreadPoolExecutor(8) as pool:
        saved = [pool.submit(choose, served, ideas=None, kanaal="phone", bellen="ja") for _ in range(8)]
        statuses = {each.result().status_code for each in saved}

    assert statuses == {303}
    assert sorted(row[1] for row in history(served)) == ["channel", "phone_consent", "topic:ideas"]
    assert len(served.rows(tables.call_consents)) == 1


def test_a_page_that_was_open_longer_undoes_nothing(served: Served) -> None:
    """Two tabs: what the second left as it was shown is no choice, and takes back nothing of the first."""
    (shown,) = re.findall(r'name="stond" value="([^"]*)"', served.client.get(link(served)).text)
    choose(served, ideas=None, pauze="3", stond=shown)
    served.later(minutes=1)
    choose(served, minder="ja", stond=shown)
    assert [row[1:3] for row in history(served)] == [("topic:ideas", "off"), ("pause", "3"), ("less_often", "on")]


def test_channel_and_calls_become_those_of_every_record(served: Served) -> None:
    """Rather by phone, with consent to calls in the words that stood there; ticked off again it is withdrawn."""
    with writing(served.engine) as connection:
        client = {"name": "Jan", "kind": "consument", "consent": "unknown", "channel": "email", "id_crc32": 1}
        connection.execute(tables.clients.insert().values(client_id="C3", recipient="jan@example.nl", **client))
    choose(served, kanaal="phone", bellen="ja")

    names = ("client_id", "channel", "channel_told_on", "phone_consent", "phone_consent_told_on")
    found = [tuple(row[name] for name in names) for row in served.rows(tables.clients)]
    told = ("phone", TODAY, True, TODAY)
    assert found == [("C1", *told), ("C2", "email", None, None, None), ("C3", *told)]
    assert history(served)[1][-1] == "Ja, u mag mij bellen over nieuwe plannen."
    assert "U hebt nog niets gekozen" not in served.client.get(link(served)).text
    choose(served, kanaal="phone")
    assert [row["phone_consent"] for row in served.rows(tables.clients)] == [False, None, False]


def test_who_refused_marketing_does_not_read_that_all_is_on(served: Served) -> None:
    """The CRM has his refusal, which is no choice on this page."""
    assert "U hebt nog niets gekozen. Alles staat aan." in served.client.get(link(served)).text
    with writing(served.engine) as connection:
        connection.execute(tables.clients.update().values(consent="no"))
    shown = served.client.get(link(served)).text
    assert "Reclame krijgt u niet: die wilde u niet ontvangen." in shown
    assert "Alles staat aan" not in shown


def test_the_building_work_is_done(served: Served) -> None:
    """The box can be ticked anew once something more was delivered."""
    choose(served, klaar="ja")
    assert history(served)[0][1:4] == ("built", "on", TODAY)
    assert 'name="klaar" value="ja" checked' in served.client.get(link(served)).text
    served.later(days=30)
    with writing(served.engine) as connection:
        project = {"type": "dakkapel", "value_cents": 1, "ordered_on": TODAY, "delivered_on": date(2026, 4, 1)}
        connection.execute(tables.projects.insert().values(project_id="P2", client_id="C1", **project))

    choose(served)
    assert len(history(served)) == 1
    choose(served, klaar="ja")
    assert history(served)[1][1:4] == ("built", "on", date(2026, 4, 19))


def test_everything_off_is_the_unsubscribe(served: Served) -> None:
    """Its own button leads to the page of the same token; after it the page offers no boxes."""
    token = link(served).rpartition("/")[2]
    assert f'href="/voorkeuren/{token}"' in served.client.get(served.unsubscribe_link()).text
    assert f'action="/u/{token}"' in served.client.get(link(served)).text
    served.client.post(f"/u/{token}", data={"afmelden": "ja"})

    shown = served.client.get(link(served)).text
    assert "U bent afgemeld" in shown
    assert "checkbox" not in shown


@once_on_postgres("body", ["", "List-Unsubscribe=One-Click", "club=nee"])
def test_a_post_that_is_not_our_form_chooses_nothing(served: Served, body: str) -> None:
    """A scanner's empty POST must not switch every topic off."""
    before = served.state()
    content = {"content-type": "application/x-www-form-urlencoded"}

    assert served.client.post(link(served), content=body, headers=content).status_code == 400
    assert served.state() == before


def test_strange_values_say_nothing(served: Served) -> None:
    """Months and channels that the page does not offer are no choices."""
    choose(served, pauze="1200", kanaal="fax")
    assert history(served) == []


def test_bad_links_and_erased_clients_get_the_same_page(served: Served) -> None:
    """A forged token, a token of another purpose, and one of a client who was erased: 404, nothing kept."""
    erased = served.link(LinkPurpose.UNSUBSCRIBE, "permit_check", "C2")
    other = served.answer_link("check_in").rpartition("/")[2]
    before = served.state()
    for path in ("/voorkeuren/x", f"/voorkeuren/{other}", erased.replace("/u/", "/voorkeuren/")):
        assert served.client.get(path).status_code == 404
        assert served.client.post(path, data=EVERYTHING | {"ideas": ""}).status_code == 404
    assert served.state() == before


def test_a_choice_while_the_database_is_away_is_kept(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits in the journal, the page shows it, and it is applied with the moment at which it was made."""

    async def never(*_: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(wishes.Wishes, "write", never)
    monkeypatch.setattr(wishes.Wishes, "wake", lambda _: None)
    assert choose(served, club=None).status_code == 303
    assert 'name="club" value="ja">' in served.client.get(link(served)).text
    assert history(served) == []
    app: Any = served.client.app
    journal = app.state.site.wishes.journal
    assert journal.apply(served.engine, app.state.site.programme) == 1
    assert [row[1:4] for row in history(served)] == [("topic:club", "off", TODAY)]
    assert served.rows(tables.consent_history)[0]["changed_at"].replace(tzinfo=NOW.tzinfo) == NOW


def test_choices_are_counted_for_the_figures(served: Served) -> None:
    """By what stands on a day, one an address."""
    choose(served, ideas=None)
    served.later(days=1)
    choose(served, minder="ja")
    with reading(served.engine) as connection:
        assert count_choices(connection, TODAY) == {("topic:ideas", "off"): 1}
        assert count_choices(connection, date(2026, 3, 21)) == {("topic:ideas", "on"): 1, ("less_often", "on"): 1}
