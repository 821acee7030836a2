"""What if, at the desk: fields become another programme, its result stands beside its own values, and is proposed."""

import html
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from programme.insight.differences import ChangeKind
from programme.proposals.proposal import ProposalState
from tasks.insight.outlook import look_ahead
from tasks.proposals.base import read_base
from tasks.proposals.store import list_proposals, read_proposal
from tests.factories import ROOT, programme, shipped_programme
from tests.tasks.histories import History
from tests.web.desk.conftest import ANKE, BAS, NOW, Desk, Opens
from web.desk.pages.marketing.what_if import view as what_if_view

TODAY = NOW.date()
WIN_BACK = "/desk/what-if/mail/win_back"
LATER = {"offset": "8", "offset_unit": "months"}
APRIL = date(2026, 4, 1)
TRIAL = {"holdout_share": "10", "first_on": "2026-04-01", "last_on": "31-5-2026"}
HOSTILE = '"""\n[brand]\nname = "Kwaad"\n<script>alert(1)</script>'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of the office, with a programme file of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(what_if_view, "PATIENCE_SECONDS", 30.0)
    (tmp_path / "programme.toml").write_bytes((ROOT / "programme.toml").read_bytes())
    return tmp_path


@pytest.fixture
def office(sqlite_engine: Engine, open_desk: Opens, folder: Path) -> Desk:
    History(7, 150, TODAY).store(sqlite_engine)
    return open_desk(sqlite_engine, file=folder / "programme.toml")


def hidden(page: str) -> dict[str, str]:
    """What the form to keep a proposal posts without a hand on it."""
    form = page[page.index("<h2>Bewaar als voorstel</h2>") :]
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', form))
    fields |= dict(re.findall(r'<textarea id="(\w+)"[^>]*>(.*?)</textarea>', form, re.S))
    return {name: html.unescape(text) for name, text in fields.items()}


@pytest.mark.slow
def test_a_result_is_that_of_its_own_values(office: Desk) -> None:
    """The counts, the mails of the days and the people are those of the look ahead under the changed programme."""
    page = office.as_person().get(WIN_BACK, params=LATER).text
    found = look_ahead(
        office.engine, shipped_programme(), programme(**{"touchpoints.win_back.offset": "8 months"}), TODAY, 90
    )
    assert found.is_whole
    counts = re.findall(r'<li><span>(?:Krijgen[^<]+)</span><b class="num">([\d.]+)</b>', page)
    kinds = (ChangeKind.GAINED, ChangeKind.LOST, ChangeKind.MOVED)
    assert counts == [str(found.clients(kind).number) for kind in kinds]
    assert sum(map(int, counts)) > 0
    assert f"gaan er <b>{found.new.total}</b> mails uit in plaats van {found.now.total}" in page
    for kind in kinds:
        for change in found.people.get(kind, []):
            assert f'href="/desk/clients/{change.client_id}"' in page
    assert page.count('<tr role="row"><th role="rowheader" scope="row">') >= 13
    assert "nu 6 maanden" in page


def test_nothing_changed_is_no_question(office: Desk) -> None:
    """The same offset in another unit is the same; what is no mail is not there; campaigns have no result."""
    browser = office.as_person()
    for asked in ({}, {"offset": "6", "offset_unit": "months"}, {"grace_days": "30"}):
        assert "U hebt nog niets veranderd." in browser.get(WIN_BACK, params=asked).text
    assert (
        "U hebt nog niets veranderd."
        in browser.get("/desk/what-if/mail/permit_check", params={"offset": "56", "offset_unit": "days"}).text
    )
    for name in ("nowhere", "case_ack", "%2e%2e%2fetc"):
        assert browser.get(f"/desk/what-if/mail/{name}").status_code == 404
    assert "gaat alleen met de hand" in browser.get("/desk/what-if/mail/newsletter", params={"priority": "30"}).text


FAULTS = [
    ({"grace_days": "91"}, "grace_days", "Dat is te veel: het meeste is 90."),
    ({"grace_days": "-1"}, "grace_days", "Dat is te weinig: het minste is 0."),
    ({"active": "misschien"}, "active", "Kies ja of nee."),
    ({"offset": "8", "offset_unit": "eeuwen"}, "offset", "Kies dagen, weken, maanden of jaar."),
    ({"priority": "veel"}, "priority", "Vul een heel getal in"),
    ({"offset": "99999"}, "offset", "Vul een getal tot en met 9999 in"),
    ({"marketing_gap_days": "0"}, "marketing_gap_days", "het minste is 1"),
    ({"offer": "KWAAD99"}, "offer", "Deze code is er niet."),
    ({"offer": ""}, "offer", "De tekst van deze mail noemt een aanbieding."),
    ({"percent": "101"}, "percent", "het meeste is 100"),
    (
        {"holdout_share": "100", "first_on": "2026-04-01", "last_on": "2026-05-01"},
        "holdout_share",
        "minder zijn dan 100%",
    ),
    ({"holdout_share": "10", "first_on": "2026-04-01", "last_on": "2026-03-01"}, "last_on", "ligt voor de eerste"),
    ({"holdout_share": "10", "first_on": "2026-04-01"}, "last_on", "Vul dit in."),
    ({"holdout_share": "10", "first_on": "31-2-2026", "last_on": "1-5-2026"}, "first_on", "Vul een datum in"),
    ({"holdout_share": "10", "first_on": "1-3-2026", "last_on": "31-12-9999"}, "last_on", "Vul een datum in"),
]


@pytest.mark.parametrize(("asked", "field", "says"), FAULTS)
def test_a_fault_stands_at_its_field(office: Desk, asked: dict[str, str], field: str, says: str) -> None:
    """In Dutch, at the top as a link and at the field; no result stands beside it."""
    page = office.as_person().get(WIN_BACK, params=asked).text
    assert re.search(rf'<p class="why" id="{field}-fout">[^<]*{re.escape(says)}', page), page[page.index("<main") :]
    assert f'<a href="#{field}">' in page
    assert "Kijk eerst de velden na." in page


def test_all_faults_stand_there_at_once(office: Desk) -> None:
    """What cannot be read beside what is out of bounds, and no fault that a field which was not read would make."""
    trial = {"holdout_share": "10", "first_on": "2026-04-01", "last_on": "morgen"}
    page = office.as_person().get(WIN_BACK, params={"grace_days": "veel", "percent": "101", **trial}).text
    assert re.findall(r'<p class="why" id="(\w+)-fout">', page) == ["grace_days", "percent", "last_on"]


@pytest.mark.slow
def test_a_proposal_is_a_file_with_all_that_was_seen(office: Desk, folder: Path) -> None:
    """Who, when, why, the values and the counts; hostile words stay words; its author alone withdraws it."""
    browser = office.as_person()
    page = browser.get(
        WIN_BACK, params=LATER | {"holdout_share": "10", "first_on": "2026-04-01", "last_on": "2026-05-31"}
    ).text
    answer = browser.submit(WIN_BACK, **hidden(page) | {"reden": HOSTILE})
    assert answer.status_code == 303, answer.text[answer.text.index("<main") :]
    [proposal] = list_proposals().proposals
    told = tomllib.loads((folder / f".bouwclub/proposals/{proposal.name}.toml").read_text("utf-8"))
    assert set(told) == {"name", "mail", "made_by", "made_at", "reason", "programme", "seen", "changes", "texts"}
    assert told["reason"] == " ".join(HOSTILE.split())
    assert [(each.dotted, each.old, each.new) for each in proposal.changes] == [
        ("touchpoints.win_back.offset", "6 months", "8 months"),
        (
            "experiments.win-back-2026-04",
            None,
            {
                "touchpoint": "win_back",
                "holdout_share": 0.1,
                "first_on": date(2026, 4, 1),
                "last_on": date(2026, 5, 31),
            },
        ),
    ]
    assert proposal.seen
    assert proposal.seen.lost > 0
    assert (proposal.made_by, proposal.made_at) == (BAS, NOW)
    shown = browser.get(f"/desk/what-if/proposals/{proposal.name}").text
    assert "wacht op beheer" in shown
    assert "<script>" not in shown
    for words in ("Hoe lang erna", "6 maanden", "8 maanden", "Vergelijkingsgroep", "10% van 1 april 2026"):
        assert words in shown
    assert "touchpoints." not in shown
    assert "holdout_share" not in shown
    assert proposal.name in browser.get("/desk/what-if").text
    other = office.as_person(ANKE)
    assert other.submit(f"/desk/what-if/proposals/{proposal.name}", on=WIN_BACK).status_code == 403
    assert browser.submit(f"/desk/what-if/proposals/{proposal.name}").status_code == 303
    assert read_proposal(proposal.name).withdrawn_at == NOW
    assert browser.submit(f"/desk/what-if/proposals/{proposal.name}", on=WIN_BACK).status_code == 403
    assert office.acts() == [("make proposal", BAS), ("withdraw proposal", BAS)]


@pytest.mark.long
def test_what_was_not_seen_is_not_kept(office: Desk, folder: Path) -> None:
    """Other values than those of the result, a programme that changed meanwhile, no reason, and nothing changed."""
    browser = office.as_person()
    fields = hidden(browser.get(WIN_BACK, params=LATER).text) | {"reden": "omdat"}
    for changed, says in (
        ({"offset": "9"}, "Het programma is intussen veranderd"),
        ({"reden": " "}, "Schrijf op waarom."),
        ({"offset": "6"}, "Verander eerst iets."),
        ({"offset": "x"}, "Vul een heel getal in"),
    ):
        answer = browser.submit(WIN_BACK, **fields | changed)
        assert (answer.status_code, says in answer.text) == (422, True), says
    path = folder / "programme.toml"
    path.write_text(path.read_text("utf-8").replace("marketing_gap_days = 7", "marketing_gap_days = 8"), "utf-8")
    assert browser.submit(WIN_BACK, **fields).status_code == 422
    assert list_proposals().proposals == []
    path.write_text("[", "utf-8")
    assert "Het programmabestand is nu niet te lezen." in browser.get(WIN_BACK).text


@pytest.mark.slow
def test_words_become_a_template_of_the_firms_own(office: Desk) -> None:
    """A sentence said otherwise keeps its values; markup and the template's own signs are refused at their place."""
    browser = office.as_person()
    fields = hidden(browser.get(WIN_BACK).text) | {"reden": "korter"}
    subject = next(name for name, text in fields.items() if text.startswith("Wij missen u."))
    valued = next(name for name, text in fields.items() if "[geldig tot en met]" in text)
    for bad in ("{{ brand }}", "<b>x</b>", "a{% x %}", "regel\nregel", "[naam]", ""):
        answer = browser.submit(WIN_BACK, **fields | {subject: bad})
        assert answer.status_code == 422, bad
        assert f'id="{subject}-fout"' in answer.text
    assert browser.submit(WIN_BACK, **fields | {valued: "Met korting."}).status_code == 422
    promised = browser.submit(WIN_BACK, **fields | {subject: "Nu 40% korting"})
    assert "De tekst belooft 40%." in html.unescape(promised.text)
    answer = browser.submit(
        WIN_BACK, **fields | {subject: "Hebt u nog plannen?", valued: "Tot en met [geldig tot en met]: [korting]%."}
    )
    assert answer.status_code == 303, answer.text[answer.text.index("<main") :]
    [proposal] = list_proposals().proposals
    [text] = proposal.texts
    before = (ROOT / "templates/mail/win_back.jinja").read_text("utf-8")
    assert text.new == before.replace("Wij missen u. Hebt u nog bouwplannen?", "Hebt u nog plannen?").replace(
        "Met {{ f.offer_percent }}% korting, tot en met {{ f.valid_until }}.",
        "Tot en met {{ f.valid_until }}: {{ f.offer_percent }}%.",
    )
    assert proposal.seen is None
    base = read_base(office.settings)
    assert proposal.state(base.raw, base.prints) is ProposalState.OPEN
