"""The marketer's view is counted by hand once, on both databases."""

import json
import xml.etree.ElementTree as ElementTree
from datetime import date

from sqlalchemy import Engine

from flows.ui.artifacts.referral import overview_markdown
from programme.figures.families.referrals import Month, TopReferrer
from programme.insight.pictures.referral_chart import referrals_svg
from tasks.figures.families.referrals import read_overview
from tests import payouts


def test_the_view_is_what_a_person_counts(engine: Engine) -> None:
    """Stages by the month of the sign-up, costs with commission and discounts, what is owed, and the share."""
    payouts.play_year(engine)
    overview = read_overview(engine, payouts.programme(), payouts.END)

    assert overview.months == [
        Month("2025-10", 0, 1, 1, 0, 1, 1),
        Month("2026-02", 1),
        Month("2026-03", 0, 2, 2, 0, 2, 2),
        Month("2026-04", 2, 5, 4, 1, 3, 3),  # a cancelled order is none
        Month("2026-10", 0, 1, 1, 0, 1, 1),
    ]
    assert overview.top[:2] == [TopReferrer("A1", 4, 45_000), TopReferrer("A2", 1, 10_000)]
    assert overview.top[2:] == [TopReferrer("B1", 1, 0), TopReferrer("D1", 1, 0)]  # no reward, and a partner
    seen = overview.as_json(20)
    assert (seen["qualified"], seen["cost_per_client_cents"], seen["median_days"]) == (7, 96_000 // 7, 30)
    assert (seen["open_liability_cents"], seen["open_commission_cents"]) == (45_000, 6_000)  # one line came back
    share = seen["clients_who_referred"]
    assert {"k": 1, "n": 8, "rate": 0.125, "small": True}.items() <= share.items()
    assert list(json.loads(json.dumps(seen))["months"][0]) == list(Month._fields)


def test_the_view_is_of_its_day(engine: Engine) -> None:
    """What came later does not count: sign-ups, deliveries, bookings, and the return of a line."""
    payouts.play_year(engine)
    overview = read_overview(engine, payouts.programme(), date(2026, 4, 3))
    assert [month.month for month in overview.months] == ["2025-10", "2026-02", "2026-03", "2026-04"]
    assert overview.months[-1] == Month("2026-04", 2, 3, 3, 0, 0, 0)
    assert overview.qualified == 2
    assert overview.open_cents == 0  # nothing was booked yet
    paid = read_overview(engine, payouts.programme(), payouts.PAID_ON)
    assert paid.open_cents == 10_000


def test_without_anything_the_view_says_so(engine: Engine) -> None:
    """Nothing is divided by nothing."""
    overview = read_overview(engine, payouts.programme(), payouts.END)
    assert overview.as_json(20) == {
        "as_of": "2026-12-31",
        "months": [],
        "top": [],
        "qualified": 0,
        "cost_per_client_cents": None,
        "open_liability_cents": 0,
        "open_commission_cents": 0,
        "clients_who_referred": {"k": 0, "n": 0, "rate": None, "low": None, "high": None, "small": True},
        "median_days": None,
    }
    assert "te weinig" in overview_markdown(overview, 20)


def test_the_artifact_has_a_picture_and_no_friend(engine: Engine) -> None:
    """The picture is whole XML, its bars stay within it, and nothing names who was brought."""
    payouts.play_year(engine)
    overview = read_overview(engine, payouts.programme(), payouts.END)
    markdown = overview_markdown(overview, small_n=5)
    svg = referrals_svg(overview.months, "Aanmeldingen")
    bars = [each for each in ElementTree.fromstring(svg).iter() if each.find("{*}title") is not None][1:]
    assert len(bars) == 4 * len(overview.months)
    assert all(float(bar.attrib["y"]) >= 60 and float(bar.attrib["height"]) >= 0 for bar in bars)
    assert "Aanbevelingen brachten 7 klanten, voor € 137,14 per klant." in markdown
    assert "12,5% iemand aan (1 van 8" in markdown
    assert payouts.FRIEND_NAME not in markdown + svg
