"""What the desk says of mails and campaigns that went: the numbers of the report, and who it was."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import tables
from models.database.engine import reading
from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.stored_audience import read_audience, written_audience
from programme.campaigns.audience.traits import Area
from programme.figures.families.funnels import Funnel
from programme.figures.families.losses import NOT_ARRIVED, NOT_GONE, REFUSED, audience_of, largest_losses, stages_of
from programme.figures.page.words import rate_words
from programme.figures.report import By
from tasks.campaigns.results import find_stored, read_waiting
from tasks.figures.families.deliveries import Split
from tasks.figures.families.mail_results import read_mail_results
from tasks.figures.report import read_report
from tests.factories import shipped_programme
from tests.tasks.figures.bases import DAY, store_random
from tests.web.conftest import message_row
from tests.web.desk.conftest import NOW, Desk, Opens
from web.desk.pages.marketing import campaigns

HOSTILE = "<script>alert(7*7)</script>"
VERBOUWERS = Audience(Traits(segments=("verbouwer",), areas=(Area(8900, 8999),)))


def add_campaign(desk: Desk, name: str, **changes: Any) -> None:
    row = {
        "name": name,
        "template": "newsletter",
        "said": "{}",
        "audience": written_audience(VERBOUWERS),
        "first_on": date(2025, 3, 1),
        "closes_on": date(2026, 3, 30),
        "created_at": NOW,
    }
    desk.add(tables.campaigns, **row | changes)


@pytest.fixture
def mailed(sqlite_engine: Engine, open_desk: Opens) -> Desk:
    return _mailed(open_desk(sqlite_engine))


@pytest.fixture
def mailed_on_both(engine: Engine, open_desk: Opens) -> Desk:
    return _mailed(open_desk(engine))


def _mailed(desk: Desk) -> Desk:
    store_random(desk.engine, 4)
    add_campaign(desk, "actie-1", go_by="Jeroen Broersma", go_for=412)
    return desk


def numbers_in(row: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", cell).strip()
        for cell in re.findall(r'<td role="cell" class="n"[^>]*>(.*?)</td>', row, re.S)
    ]


@pytest.mark.parametrize("split", [None, *Split])
def test_the_counts_are_those_of_the_report(engine: Engine, split: Split | None) -> None:
    """All mails and campaigns, whole and divided, on both databases; and refused is what the log says."""
    store_random(engine, 3)
    found = read_mail_results(engine, shipped_programme(), DAY, split)
    assert found == read_report(engine, shipped_programme(), DAY, By.CLIENT, split).touchpoints
    log = tables.messages.c
    is_refused = (log.status == "rejected", log.as_of > DAY - timedelta(days=365), log.as_of <= DAY)
    with reading(engine) as connection:
        refused = connection.execute(select(func.count()).where(*is_refused)).scalar_one()
    assert sum(each.refused for each in found) == refused > 0


def test_the_list_has_these_counts(mailed: Desk) -> None:
    """A row each for campaigns and for what goes by itself; the audience is said in words."""
    page = mailed.as_person().get("/desk/campaigns").text
    funnels = read_mail_results(mailed.engine, mailed.programme, NOW.date())
    rows = {
        re.sub(r"<[^>]+>", "", row.partition("</th>")[0].partition("<br>")[0]).strip(): numbers_in(row)
        for row in re.findall(r"<tr [^>]*>(<th [^>]*scope=\"row\">.*?)</tr>", page, re.S)
    }
    labels = {name: each.label for name, each in mailed.programme.touchpoints.items()}
    shown = {each.campaign or labels[each.touchpoint]: each for each in funnels if each.campaign != "actie-2"}
    assert rows.keys() == shown.keys()
    for label, funnel in shown.items():
        opened = f"{funnel.opened} van {funnel.tracked}" if funnel.tracked else "–niet gemeten"
        rest = [funnel.answered, funnel.ordered, funnel.unsubscribed, funnel.complained]
        assert rows[label] == [str(each) for each in (funnel.accepted, funnel.delivered, funnel.refused)] + [
            opened,
            *map(str, rest),
        ], label
    assert "aan verbouwers met postcode 8900–8999" in page


def test_a_campaign_has_its_losses_and_its_parts(mailed: Desk) -> None:
    """From the audience to the orders; the parts by segment and by level add up to the whole."""
    page = mailed.as_person().get("/desk/campaigns/results/actie-1").text
    funnels = read_mail_results(mailed.engine, mailed.programme, NOW.date())
    funnel = next(each for each in funnels if each.campaign == "actie-1")
    stages = stages_of(funnel, 90)
    shown = re.findall(r'<li><b>([^<]+)</b>.*?<span class="n">([\d.]+)</span>', page, re.S)
    assert shown == [(stage.label, str(stage.number)) for stage in stages]
    for loss in largest_losses(stages):
        assert f"<h3>{loss.number} {loss.why}</h3>" in page
        assert loss.todo in page
    for part in page.split("<h2>Per ")[1:3]:
        accepted = [
            int(numbers_in(row)[0]) for row in re.findall(r"<tr .*?</tr>", part.partition("</table>")[0], re.S)[1:]
        ]
        assert sum(accepted) == funnel.accepted
    assert "Akkoord: Jeroen Broersma, voor 412 mensen." in page


def test_a_share_is_told_with_its_interval() -> None:
    """k of n with Wilson's bounds; below twenty no percentage; nothing where there is nobody, or k is not among n."""
    assert rate_words(47, 309, 20) == "van 309: 15%, tussen 12 en 20%"
    assert rate_words(4, 1_309, 20) == "van 1.309: 0,3%, tussen 0,1 en 0,8%"
    assert rate_words(0, 20, 20) == "van 20: 0%, tussen 0 en 16%"
    assert rate_words(9, 14, 20) == "van 14; te weinig om iets te zeggen"
    assert rate_words(0, 0, 20) == rate_words(3, 2, 20) == ""


def test_the_largest_losses_lead_to_who_they_are(mailed: Desk) -> None:
    """Each reason of a decision opens to its clients; whatever else stands in the address shows everybody.

    The list is of the whole campaign, also of its days before the year that the counts are of.
    """
    browser = mailed.as_person()
    page = browser.get("/desk/campaigns/results/actie-1").text
    assert 'name="copy" value="actie-1">Maak een kopie' in page
    reasons = re.findall(r'href="\?(wie=[a-z]+&amp;reden=[a-z_]+)#wie">Bekijk (?:de ([\d.]+)|wie)', page)
    assert reasons
    for reason, number in reasons:
        shown = browser.get(f"/desk/campaigns/results/actie-1?{html.unescape(reason)}").text
        assert len(re.findall(r'<th role="rowheader" scope="row"><a href="/desk/clients/', shown)) >= int(number or 1)
    assert "Iedereen" in browser.get("/desk/campaigns/results/actie-1?reden=<script>").text


def test_who_is_paged_and_links_to_the_client(mailed_on_both: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each client of the audience once over the pages; those who wait and those who do not get it are parts of it."""
    monkeypatch.setattr(campaigns, "PEOPLE_ROWS", 10)
    browser = mailed_on_both.as_person()

    def people(asked: str) -> list[str]:
        found: list[str] = []
        for number in range(1, 9):
            page = browser.get(f"/desk/campaigns/results/actie-1?wie={asked}&pagina={number}").text
            found += re.findall(r'<th role="rowheader" scope="row"><a href="/desk/clients/[^"]+">([^<]+)</a>', page)
            if 'rel="next"' not in page:
                return found
        raise AssertionError("no last page")

    everyone = people("")
    made = tables.decisions.c
    with reading(mailed_on_both.engine) as connection:
        query = select(made.client_id).distinct().where(made.occasion == "actie-1", made.as_of > date(2025, 2, 28))
        assert everyone == sorted(connection.execute(query).scalars())
    assert len(everyone) > 10
    assert sorted(people("gekregen") + people("later") + people("niet")) == everyone
    campaign = find_stored(mailed_on_both.engine, mailed_on_both.programme, "actie-1")
    assert campaign
    waiting = read_waiting(mailed_on_both.engine, campaign)
    assert sum(each.number for each in waiting) == len(people("later")) > 0


def test_what_went_since_the_numbers_were_counted(desk: Desk) -> None:
    """It has none yet; one of more than a year ago has none any more. Neither is said to have gone to nobody."""
    for name, first_on in (("nu", NOW.date()), ("oud", date(2025, 2, 1)), ("straks", NOW.date())):
        add_campaign(desk, name, first_on=first_on)
    browser = desk.as_person()
    assert browser.get("/desk/campaigns").text.count("nog niets verstuurd") == 3
    desk.add_client("K1")
    for number, name in enumerate(("nu", "oud"), 1):
        sent = {"message_id": f"{number:032x}", "occasion": name, "flow": "campaign", "purpose": "marketing"}
        desk.add(tables.messages, **message_row("K1", "newsletter") | sent)
    page = browser.get("/desk/campaigns").text
    assert page.count("nog niets verstuurd") == 1
    assert page.count("verstuurd; de cijfers komen binnen een kwartier") == 1
    assert page.count("verstuurd, meer dan een jaar geleden") == 1
    own = {name: browser.get(f"/desk/campaigns/results/{name}").text for name in ("nu", "oud", "straks")}
    words = ("komen binnen een kwartier", "staan hier geen cijfers meer", "Zodra de campagne loopt")
    assert [[each in page for each in words] for page in own.values()] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_today_names_a_campaign_as_it_was_written(desk: Desk) -> None:
    """Beside its kind of mail, as the other pages do."""
    add_campaign(desk, "lentebrief-2026", form='{"message": {"name": "Lentebrief 2026"}}')
    desk.add_client("K1")
    sent = {"occasion": "lentebrief-2026", "flow": "campaign", "as_of": NOW.date()}
    desk.add(tables.messages, **message_row("K1", "newsletter") | sent)
    assert ">Nieuwsbrief: Lentebrief 2026<" in desk.as_person().get("/desk").text


def test_nothing_of_a_name_or_audience_is_markup(desk: Desk) -> None:
    """A hostile name is text in the list, in its page and in its address; an unknown trait is said."""
    name = f"{HOSTILE}/a b?c#d"
    add_campaign(desk, name, audience='{"all_of": {"values": {"<b>": 1}}}', go_by=HOSTILE, go_for=1, template=HOSTILE)
    browser = desk.as_person()
    page = browser.get("/desk/campaigns").text
    (address,) = re.findall(r'href="(/desk/campaigns/results/[^"]+)"', page)
    result = browser.get(address)
    assert result.status_code == 200
    assert "nog niets verstuurd" in page
    for text in (page, result.text, browser.get("/desk/calendar").text):
        assert "<script" not in text
    assert "een doelgroep met een kenmerk dat er niet meer is" in result.text
    assert browser.get("/desk/campaigns/results/niets").status_code == 404


@pytest.mark.slow
def test_reading_writes_nothing(mailed: Desk) -> None:
    """No row and no act comes of looking."""
    browser = mailed.as_person()
    tables_now = (tables.messages, tables.decisions, tables.campaigns, tables.acts)
    before = [mailed.rows(table) for table in tables_now]
    for path in ("campaigns", "campaigns/results/actie-1", "calendar", "calendar/2026-03-04"):
        assert browser.get(f"/desk/{path}").status_code == 200
        assert mailed.browser().get(f"/desk/{path}").status_code == 303  # to the login
    assert [mailed.rows(table) for table in tables_now] == before


def test_stages_lose_what_the_funnel_lost() -> None:
    """Each stage is the one before it less its losses, down to the delivery; the largest three come first."""
    funnel = Funnel("newsletter", "x", planned=90, accepted=80, delivered=78, refused=4,
                    skipped={"no_consent": 28, "suppressed": 3}, deferred={"frequency_cap": 9, "held": 1})  # fmt: skip
    stages = stages_of(funnel, 90)
    assert audience_of(funnel) == stages[0].number == 131
    for before, stage in zip(stages[:4], stages[1:5], strict=True):
        assert before.number - sum(loss.number for loss in stage.losses) == stage.number
    assert [(loss.reason, loss.number) for loss in largest_losses(stages)] == [
        ("no_consent", 28),
        ("frequency_cap", 9),
        (NOT_GONE, 6),
    ]
    assert {REFUSED, NOT_ARRIVED} <= {loss.reason for stage in stages for loss in stage.losses}


def test_an_audience_comes_back_as_it_was() -> None:
    """Through its text, with postcodes, lists, flags and months."""
    audience = Audience(VERBOUWERS.all_of, Traits(monument=True, quiet_months=6), Traits(tiers=("goud", "zilver")))
    assert read_audience(written_audience(audience)) == audience
    assert read_audience(written_audience(Audience())) == Audience()
