"""The composer: what is typed is never lost, and a number always belongs to the audience that it stands beside."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from threading import Event
from typing import Any

import pytest
from httpx import Response

from models import tables
from programme.campaigns.form.posted_form import form_of
from programme.verdict.findings import Code, Finding, Verdict
from tasks.campaigns.drafts import read_draft
from tests.web.desk.conftest import ANKE, BAS, Browser, Desk
from web.desk.composing import background, look

TEXTS = {"name": "Lentebrief 2026", "subject": "Nieuws", "body": "Hallo."}


class Fields(HTMLParser):
    """The fields of the composer's form, as a browser would post them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._in_form, self._area, self._select = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._in_form = given.get("id") == "componist"
        elif not self._in_form:
            return
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields[name] = value or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


class Writer:
    """Somebody with a draft open: changes fields, and presses buttons."""

    def __init__(self, desk: Desk, browser: Browser, path: str) -> None:
        self.desk, self.browser, self.path = desk, browser, path
        self.page = browser.get(path)
        self.fields = Fields(self.page.text).fields

    def press(self, do: str, path: str = "", **changes: str | None) -> Response:
        """Post the form with these changes; None takes a field away. Follows to the next page."""
        self.fields = {name: text for name, text in {**self.fields, **changes}.items() if text is not None}
        answer = self.browser.post(path or self.path, data=self.fields | {"do": do})
        if answer.status_code == 303:
            self.path = answer.headers["location"].partition("?")[0]
            answer = self.browser.get(answer.headers["location"])
        if 'id="componist"' in answer.text:
            self.page, self.fields = answer, Fields(answer.text).fields
        return answer

    @property
    def title(self) -> str:
        """The second line of the title."""
        return said(self.page, "zin")

    @property
    def draft_id(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def kept(self) -> dict[str, Any]:
        draft = read_draft(self.desk.engine, self.draft_id)
        assert draft is not None
        return draft.form


def said(page: Response, part: str) -> str:
    """The words of one part of the page."""
    end = {"zin": "</p>", "aantal": "</section>", "kop": "</span>"}[part]
    found = re.search(rf'id="{part}"[^>]*>(.*?){end}', page.text, re.S)
    assert found, part
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", found[1]).split()))


Opens = Callable[..., Writer]


@pytest.fixture
def fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are looked at elsewhere; here every mail is in order. However slow the machine, the count is waited for."""
    monkeypatch.setattr(look, "check_kind", lambda *_: Verdict((), 54))
    monkeypatch.setattr(look, "COUNT_SECONDS", 30.0)
    monkeypatch.setattr(look, "VERDICT_SECONDS", 30.0)
    monkeypatch.setattr(background, "BUSY_SECONDS", 30.0)


@pytest.fixture
def write(desk: Desk, fine: None) -> Opens:
    """Begins a draft among five clients: two renovators in Leeuwarden, two in Dokkum, and one who wants no mail."""
    for number, (postcode, consent) in enumerate(
        [("8921 AB", "yes"), ("8933 AB", "yes"), ("9101 KT", "yes"), ("9101 KT", "yes"), ("8921 AB", "no")]
    ):
        desk.add_client(f"K{number}", consent=consent)
        desk.add_project(f"K{number}", postcode=postcode, delivered_on=date(2025, 6, 1))

    def begin(name: str = BAS, template: str = "newsletter", **changes: str) -> Writer:
        browser = desk.as_person(name)
        answer = browser.submit("/desk/campaigns/new", template=template)
        writer = Writer(desk, browser, answer.headers["location"].partition("?")[0])
        writer.press("save", **TEXTS | changes)
        return writer

    return begin


LEEUWARDEN = {"all_of.areas": "8900-8999"}


def test_a_draft_is_begun_written_and_found_again(desk: Desk, write: Opens) -> None:
    """What was typed comes back as it was typed, whoever opens it; the list says for whom and how many."""
    writer = write(body="Eerst.\r\n\r\n- een\r\n- twee", **LEEUWARDEN)

    assert writer.kept == {
        "message": {"template": "Nieuwsbrief", "name": "Lentebrief 2026", "subject": "Nieuws",
                    "body": "Eerst.\n\n- een\n- twee"},
        "audience": {"all_of": {"areas": "8900-8999"}},
        "sending": {},
    }  # fmt: skip
    again = Writer(desk, desk.as_person(ANKE), writer.path)
    assert form_of(desk.programme, again.fields) == writer.kept
    row = "Nieuwsbrief aan klanten met postcode 8900–8999; 2 mensen."
    assert again.title == row
    for path in ("/desk/campaigns", "/desk/campaigns/new"):
        assert row in html.unescape(again.browser.get(path).text)
    assert desk.acts() == [("begin draft", BAS), ("save draft", BAS)]


def test_the_number_and_the_reasons_are_those_of_the_audience(write: Opens) -> None:
    """Who gets it, who not and why, open on the page; and each of them by client number."""
    writer = write(**LEEUWARDEN)
    shown = said(writer.page, "aantal")

    assert "2 van 3 mensen krijgen de mail" in shown
    assert "De klant heeft geen toestemming gegeven voor reclame, of die ingetrokken. 1" in shown
    link = re.search(r'href="([^"]+/people\?geteld=[0-9a-f]+)"', writer.page.text)
    assert link
    people = writer.browser.get(link[1]).text
    assert re.findall(r'href="/desk/clients/(K\d)"', people) == ["K0", "K1", "K4"]
    assert "Klanten met postcode 8900–8999; op 3 maart 2026." in people


def test_a_chip_that_came_off_is_said_aloud(write: Opens) -> None:
    """A postcode that fell away makes it all postcodes: in the title, in the count, and as a thing to look at."""
    writer = write(**LEEUWARDEN)
    writer.press("look", **{"all_of.areas": ""})

    assert writer.title == "Nieuwsbrief aan alle klanten, alle postcodes; 4 mensen."
    assert "Er is geen enkel kenmerk gekozen: dit gaat naar alle klanten, in alle postcodes." in writer.page.text
    assert writer.kept["audience"] == {"all_of": {"areas": "8900-8999"}}
    writer.press("look", **{"all_of.segments.overig": "on"})
    assert writer.title == "Nieuwsbrief aan overige klanten, alle postcodes; 4 mensen."


def test_what_was_counted_is_what_is_put_ready(write: Opens) -> None:
    """A form that changed since the count is not put ready: without script the old number still stood beside it."""
    writer = write(**LEEUWARDEN)
    assert "Klaarzetten voor 2 mensen" in writer.page.text

    refused = writer.press("ready", **{"all_of.areas": ""})

    assert refused.status_code == 409
    assert "Er is iets veranderd sinds de telling: de doelgroep, de dag" in refused.text
    assert "Klaarzetten voor 4 mensen" in refused.text
    answer = writer.browser.post(writer.path, data=writer.fields | {"do": "ready"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{writer.path}/send")
    assert writer.kept["audience"] == {}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"all_of.areas": "8900-89999"}, "all_of.areas"),
        ({"all_of.areas": "Leeuwarden"}, "all_of.areas"),
        ({"all_of.quiet_months": "lang"}, "all_of.quiet_months"),
        ({"all_of.monument": "on", "none_of.monument": "on"}, "audience"),
        ({"all_of.segments.tuinder": "on"}, "all_of.segments"),
        ({"all_of.shoe_size": "43"}, "all_of"),
        ({"day": "2026-13-01"}, "day"),
    ],
)
def test_an_audience_with_a_fault_has_no_number(write: Opens, changes: dict[str, str], place: str) -> None:
    """Never the number of a wider audience: none at all, nothing to press, the fault at the top and at its place."""
    writer = write()
    page = writer.press("ready", **changes)

    assert page.status_code == 422
    assert "Klaarzetten voor" not in page.text
    assert "mensen" not in writer.title
    assert f'<li><a href="#{place}">' in page.text
    assert f'id="{place}"' in page.text
    assert all(writer.fields.get(name) == text for name, text in changes.items())


def test_all_faults_are_told_at_once(write: Opens) -> None:
    """At the top as links, and each at its place; a draft may be saved with all of them."""
    writer = write(template="webinar_invitation")
    wrong = {
        "name": "",
        "subject": "",
        "body": "",
        "link_url": "javascript:alert(1)",
        "event_on": "",
        "event_time": "x",
    }
    saved = writer.press("save", **wrong)
    assert saved.status_code == 200
    page = writer.press("ready")

    assert page.status_code == 422
    top = page.text.partition('id="fouten"')[2].partition("</div>")[0]
    assert re.findall(r'href="#([^"]+)"', top) == ["name", "subject", "body", "link_url", "event_on", "event_time"]
    for place in re.findall(r'href="#([^"]+)"', top):
        assert f'id="{place}"' in page.text
        assert f'id="{place}-fout"' in page.text


def test_only_the_fields_of_the_template(write: Opens) -> None:
    """A survey asks for no words; what was typed for another template comes back with it."""
    writer = write(template="webinar_invitation", event_time="19.30", link_url="https://w.nl/x")
    writer.press("look", template="survey_nps")

    assert '<label for="subject">' not in writer.page.text
    assert '<label for="event_time">' not in writer.page.text
    assert form_of(writer.desk.programme, writer.fields)["message"] == {
        "name": "Lentebrief 2026", "template": "Enquête: zou u ons aanbevelen?"
    }  # fmt: skip
    writer.press("look", template="webinar_invitation")
    assert (writer.fields["subject"], writer.fields["event_time"]) == ("Nieuws", "19.30")


def test_two_people_on_one_draft(desk: Desk, write: Opens) -> None:
    """Nothing is overwritten unseen: the second reads who saved what, keeps the text, and chooses."""
    bas = write(**LEEUWARDEN)
    anke = Writer(desk, desk.as_person(ANKE), bas.path)
    bas.press("save", subject="Van Bas", **{"all_of.areas": ""})

    page = anke.press("save", subject="Van Anke")

    assert page.status_code == 409
    assert "Bas Hoekstra bewaarde dit concept" in page.text
    assert "<b>Onderwerp</b>: Van Bas" in page.text
    assert "<b>Doelgroep</b>: alle klanten, alle postcodes" in page.text
    assert anke.fields["subject"] == "Van Anke"
    assert bas.kept["message"]["subject"] == "Van Bas"
    assert anke.press("ready").status_code == 409
    anke.press("overwrite")
    assert bas.kept["message"]["subject"] == "Van Anke"
    assert bas.press("save", subject="Weer Bas").status_code == 409
    bas.press("apart")
    assert (bas.kept["message"]["subject"], anke.kept["message"]["subject"]) == ("Weer Bas", "Van Anke")


def test_what_a_colleague_changed_is_told_as_people_read_it(desk: Desk, write: Opens) -> None:
    """No code of a kind of mail or a day; and what both have, such as a time without a day, is no difference."""
    bas = write()
    anke = Writer(desk, desk.as_person(ANKE), bas.path)
    assert "<b>Tijd</b>" not in _changed_by(bas, anke, subject="Van Bas")
    told = _changed_by(
        bas, anke, template="webinar_invitation", event_on="2026-04-07", event_time="19:30", day="2026-03-09"
    )
    for words in ("Uitnodiging webinar", "7 april 2026", "19.30 uur", "9 maart 2026", "10.00 uur"):
        assert words in told
    assert "2026-04-07" not in told


def _changed_by(first: Writer, second: Writer, **changes: str) -> str:
    """What the second reads of what the first saved."""
    first.press("save", **changes)
    page = second.press("save").text
    return page.partition('id="intussen"')[2].partition("</div>")[0]


def test_a_draft_that_was_thrown_away_can_be_kept(desk: Desk, write: Opens) -> None:
    """Whoever still has it open hears that it is gone, and keeps it as its own; a changed one stays."""
    bas = write()
    anke = Writer(desk, desk.as_person(ANKE), bas.path)
    bas.press("save", subject="Nieuwer")
    old = {"token": anke.fields["token"], "version": anke.fields["version"]}
    assert anke.browser.post(f"{bas.path}/delete", data=old).status_code == 409

    now = {"token": bas.fields["token"], "version": bas.fields["version"]}
    assert bas.browser.post(f"{bas.path}/delete", data=now).status_code == 303
    page = anke.press("save", subject="Van Anke")
    assert page.status_code == 409
    assert "Dit concept is er niet meer" in page.text
    anke.press("apart")
    assert anke.kept["message"]["subject"] == "Van Anke"
    assert desk.as_person().get(bas.path).status_code == 404


def test_a_form_of_a_session_that_ended_is_kept(desk: Desk, write: Opens) -> None:
    """All that was typed waits on the page; after logging in again it is in the form, not saved, nothing lost."""
    writer = write()
    typed = writer.fields | {"subject": "Lang over nagedacht", "all_of.areas": "8921", "do": "save"}
    desk.later(hours=13)

    page = writer.browser.post(writer.path, data=typed)

    assert page.status_code == 403
    assert 'value="Lang over nagedacht"' in page.text
    again = desk.as_person()
    resumed = again.post(writer.path, data={name: text for name, text in typed.items() if name != "token"})
    assert resumed.status_code == 403
    fields = Fields(resumed.text).fields
    assert (fields["subject"], fields["all_of.areas"]) == ("Lang over nagedacht", "8921")
    assert writer.kept["message"]["subject"] == "Nieuws"
    assert again.post(writer.path, data=fields | {"do": "save"}).status_code == 303
    assert writer.kept["message"]["subject"] == "Lang over nagedacht"


def test_a_form_from_elsewhere_does_nothing(write: Opens) -> None:
    """Without the token of the session, or from another site, nothing is saved, counted or shown."""
    writer = write()
    posted = writer.fields | {"subject": "Van elders", "do": "save"}

    elsewhere = writer.browser.post(writer.path, data=posted, headers={"origin": "https://kwaad.nl"})
    no_token = writer.browser.post(f"{writer.path}/look", data=posted | {"token": "0" * 64})

    assert (elsewhere.status_code, no_token.status_code) == (403, 403)
    assert 'id="componist"' not in elsewhere.text
    assert writer.kept["message"]["subject"] == "Nieuws"


def test_too_many_fields_are_no_audience_of_everyone(write: Opens) -> None:
    """A form that cannot be read whole is not read at all."""
    writer = write(**LEEUWARDEN)
    before = writer.kept

    answer = writer.browser.post(writer.path, data=writer.fields | {f"x{n}": "1" for n in range(500)} | {"do": "save"})

    assert answer.status_code == 403
    assert writer.kept == before


def test_the_live_parts_are_those_of_the_page(write: Opens) -> None:
    """What the script puts in place is what the page itself would show of that form; it saves nothing."""
    writer = write()
    answer = writer.browser.post(f"{writer.path}/look", data=writer.fields | LEEUWARDEN)

    assert said(answer, "zin") == "Nieuwsbrief aan klanten met postcode 8900–8999; 2 mensen."
    assert writer.kept["audience"] == {}
    page = writer.press("look", **LEEUWARDEN)
    for part in ("zin", "aantal", "kop"):
        assert said(answer, part) == said(page, part)
    assert set(re.findall(r'id="([^"]+)" data-part', answer.text)) <= set(re.findall(r'id="([^"]+)"', page.text))


def test_the_mails_are_of_different_clients_and_can_do_nothing(desk: Desk, write: Opens) -> None:
    """A frame without rights, a page that loads and runs nothing, a made-up name, the words as typed."""
    desk.add_client("A1", name="Atelier Noord", kind="architect")
    desk.add_project("A1", delivered_on=date(2025, 6, 1))
    writer = write(intro="<script>alert(1)</script>")
    frames = re.findall(r'<iframe src="([^"]+)" sandbox ', writer.page.text)
    labels = re.findall(r'name="voorbeeld"[^>]*>([^<]+)<', writer.page.text)

    assert any(label.startswith("Professional") for label in labels)
    assert len(set(labels)) == len(labels) == len(frames) > 1
    mail = writer.browser.get(frames[0])
    assert "Beste J. Voorbeeld" in mail.text
    assert "&lt;script&gt;" in mail.text
    assert "<script" not in mail.text
    assert "default-src 'none'" in mail.headers["content-security-policy"]
    assert mail.headers["x-frame-options"] == "SAMEORIGIN"
    assert desk.browser().get(frames[0]).status_code == 303
    assert writer.browser.get("/desk/campaigns/previews/onbekend").status_code == 404
    policy = writer.page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_what_must_be_mended_holds_it_up(write: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the mail is a must with its place, and there is no button; spelling is for a person to judge."""
    found = (Finding(Code.DEAD_LINK, "aannemer: links", "https://x"), Finding(Code.SPELLING, "tekst", "webbinar"))
    monkeypatch.setattr(look, "check_kind", lambda *_: Verdict(found, 54))
    writer = write(**LEEUWARDEN)

    assert "Klaarzetten voor" not in writer.page.text
    assert "Deze link leidt nergens heen: https://x." in writer.page.text
    assert writer.press("ready").status_code == 409
    monkeypatch.setattr(look, "check_kind", lambda *_: Verdict(found[1:], 54))
    writer.press("save", subject="Ander nieuws")
    assert "Klaarzetten voor 2 mensen" in writer.page.text
    assert "webbinar" in writer.page.text


def test_a_long_count_never_blocks_and_never_shows_another_number(
    write: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one audience is being counted the page says so; another audience asked meanwhile gives up the first."""
    monkeypatch.setattr(look, "COUNT_SECONDS", 0.2)
    monkeypatch.setattr(background, "BUSY_SECONDS", 0.2)
    counted, seen, go_on = look.count_reach, list[str](), Event()

    def slowly(workspace: Any, campaign: Any, as_of: date, watch: Any) -> Any:
        if campaign.audience.all_of.values.get("areas"):
            seen.append("slow")
            go_on.wait(10)
        return counted(workspace, campaign, as_of, watch)

    writer = write()
    monkeypatch.setattr(look, "count_reach", slowly)
    page = writer.press("look", **LEEUWARDEN)
    assert writer.title == "Nieuwsbrief aan klanten met postcode 8900–8999; wordt geteld."
    assert "data-busy" in page.text
    assert "Klaarzetten voor" not in page.text
    assert writer.press("ready").status_code == 409

    writer.press("look", **{"all_of.areas": "9101"})
    go_on.set()
    for _ in range(50):
        writer.press("look")
        if "wordt geteld" not in writer.title:
            break
    assert writer.title == "Nieuwsbrief aan klanten met postcode 9101; 2 mensen."
    writer.press("look", **LEEUWARDEN)
    assert writer.title == "Nieuwsbrief aan klanten met postcode 8900–8999; 2 mensen."
    assert seen == ["slow"] * 3  # the first was given up, and begun again when it was asked for again


def test_saved_audiences_are_copies(desk: Desk, write: Opens) -> None:
    """Save, use, rename, throw away: what a draft has of it stays as it was."""
    first = write(**LEEUWARDEN)
    first.press("save_audience", audience_name="Leeuwarden")
    assert "De doelgroep is bewaard." in first.page.text
    assert "heet. Kies een andere naam." in first.press("save_audience", audience_name="leeuwarden").text
    assert first.press("save_audience", audience_name="Fout", **{"all_of.areas": "x"}).status_code == 422
    audience_id = desk.rows(tables.saved_audiences)[0]["audience_id"]

    second = write(**{"none_of.monument": "on"})
    second.press("use_audience", saved=audience_id)
    assert second.title == "Nieuwsbrief aan klanten met postcode 8900–8999; 2 mensen."
    second.press("save")
    list_page = second.browser.get("/desk/campaigns/audiences").text
    assert "Klanten met postcode 8900–8999." in list_page
    on = "/desk/campaigns/audiences"
    assert second.browser.submit(on, do="x", audience=audience_id, name="Weg").status_code == 400
    assert second.press("x").status_code == 400
    assert second.browser.submit(on, do="rename", audience=audience_id, name="Stad").status_code == 303
    assert second.browser.submit(on, do="delete", audience=audience_id).status_code == 303
    assert second.kept["audience"] == {"all_of": {"areas": "8900-8999"}}
    assert [act for act, _ in desk.acts()[-2:]] == ["rename audience", "delete audience"]


def test_a_test_mail_goes_once_and_to_one_address(desk: Desk, write: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the person's own address by default; a second press of the same button sends none; not to who opted out."""
    writer = write()
    assert writer.fields["test_address"] == "b.hoekstra@bureaubroersma.example"
    doubled = writer.fields | {"do": "test"}
    page = writer.press("test")
    assert "De proefmail staat in de outbox" in page.text
    assert writer.browser.post(writer.path, data=doubled).headers["location"].endswith("gedaan=proefeens")
    mails = list(desk.outbox.rglob("*.eml"))
    assert len(mails) == 1
    assert b"[TEST] Nieuws" in mails[0].read_bytes()

    desk.add(tables.suppressions, email="weg@voorbeeld.nl", reason="unsubscribe", since=date(2026, 1, 1))
    refused = writer.press("test", test_address="weg@voorbeeld.nl")
    assert refused.status_code == 422
    assert "dit adres staat op de lijst" in refused.text
    assert writer.press("test", test_address="geen adres").status_code == 422
    assert writer.press("test", test_address="", name="").status_code == 422
    assert len(list(desk.outbox.rglob("*.eml"))) == 1
    assert desk.rows(tables.messages) == []
    assert desk.acts().count(("send test mail", BAS)) == 1


def test_an_earlier_campaign_is_copied_without_name_and_dates(desk: Desk, write: Opens) -> None:
    """From its page: its words and its audience, and a new name is asked for."""
    desk.add(
        tables.campaigns, name="lente-2025", template="newsletter",
        said='{"copy":{"subject":"Lente","title":"Lente","intro":"Hallo."},"offer":null,"template":"newsletter"}',
        audience='{"all_of":{"values":{"areas":[[8900,8999]]}},"any_of":{"values":{}},"none_of":{"values":{}}}',
        first_on=date(2025, 3, 1), closes_on=date(2025, 3, 8), created_at=datetime(2025, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    writer = write()
    page = writer.browser.get("/desk/campaigns/results/lente-2025")
    assert "Maak een kopie" in page.text
    answer = writer.browser.submit("/desk/campaigns/new", copy="lente-2025")
    copy = Writer(desk, writer.browser, answer.headers["location"].partition("?")[0])

    assert copy.kept == {
        "message": {"template": "Nieuwsbrief", "subject": "Lente", "intro": "Hallo."},
        "audience": {"all_of": {"areas": "8900-8999"}},
        "sending": {},
    }
    assert "Naam van de campagne: is leeg." in copy.page.text
    assert writer.browser.submit("/desk/campaigns/new", copy="onbekend").status_code == 404
