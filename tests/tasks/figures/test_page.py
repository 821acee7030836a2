"""The HTML of the page: the same bytes each time, whole in itself, and no name on it is markup."""

import os
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from models import tables
from models.database.engine import writing
from programme.figures.page.sections.curve import curve_of
from programme.figures.report import Report
from tasks.figures.page import figures_style, page_html, page_parts
from tasks.figures.report import read_report
from tests import factories as make
from tests.sample_report import AS_OF, sample_report
from tests.sample_reports import HOSTILE, big_report, empty_report, hostile_report, one_client_report

GOLDEN = Path(__file__).parents[2] / "golden" / "report" / "figures.html"
PROGRAMME = make.programme()
STATES = {
    "nothing": empty_report(),
    "one": one_client_report(),
    "sample": sample_report(),
    "big": big_report(),
    "hostile": hostile_report(),
}
VOID = {"meta", "br", "img", "link", "input", "path", "rect", "circle"}


class Tree(HTMLParser):
    """Which elements and attributes a page has, and whether every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links |= {value for name, value in attrs if name == "href" and value}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_the_golden_one() -> None:
    """Byte for byte; `make golden` rewrites it, and the difference is reviewed."""
    page = page_html(sample_report(), PROGRAMME)
    if os.environ.get("GOLDEN_REWRITE"):
        GOLDEN.write_text(page, "utf-8", newline="")
    assert page == GOLDEN.read_bytes().decode()


@pytest.mark.parametrize("report", STATES.values(), ids=STATES)
def test_every_state_is_whole_and_needs_nothing_else(report: Report) -> None:
    """Each element closed, each id once, each link to a place on the page; no script, no style attribute."""
    page = page_html(report, PROGRAMME)
    tree = Tree(page)

    assert tree.open == []
    assert len(tree.ids) == len(set(tree.ids))
    assert tree.links <= {f"#{each}" for each in tree.ids}
    assert not tree.tags & {"script", "img", "iframe", "form", "link", "object", "base"}
    assert not {name for name in tree.attributes if name.startswith("on")} | tree.attributes & {"style", "src"}
    assert not re.search(r"url\(|@import", page)


def test_hostile_names_are_text() -> None:
    """Of campaigns, segments, touchpoints, levels, steps and reasons: nothing of them is markup or a link."""
    page = page_html(hostile_report(), PROGRAMME)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_a_hostile_programme_is_text() -> None:
    """The firm's name and a touchpoint's label too."""
    programme = make.programme(**{"brand.name": HOSTILE, "touchpoints.check_in.label": HOSTILE})
    tree = Tree(page_html(sample_report(), programme))
    assert "script" not in tree.tags
    assert not {name for name in tree.attributes if name.startswith("on")}


def test_the_desk_gets_the_same_body_with_the_style_apart() -> None:
    """Its content policy refuses inline style: the body has none, and the sheet is the same for every report."""
    parts = page_parts(sample_report(), PROGRAMME)
    page = page_html(sample_report(), PROGRAMME)

    shared = parts.body[parts.body.index('<p class="lead">') : parts.body.index("</footer>")]
    assert shared in page
    assert parts.style in page
    assert "<h1" not in parts.body
    assert "<style" not in parts.body
    assert parts.style == figures_style(PROGRAMME.brand.colours) == page_parts(empty_report(), PROGRAMME).style


def test_the_style_follows_the_firm() -> None:
    """In its own colours by day and at night; paper is ours."""
    own = {"brand.colours.primary": "#7a0019", "brand.colours.dark": {"primary": "#f2b8c6", "accent": "#a5d88f"}}
    style = figures_style(make.programme(**own).brand.colours)
    assert "--link: #7a0019" in style
    assert "--link: #f2b8c6; --mark: #a5d88f;" in style
    assert "prefers-color-scheme: dark" in style
    assert "size: A4" in style


def test_the_curve_ends_where_too_few_are_left_in_sight(engine: Engine) -> None:
    """Of 99 customers of two months and one of five years nothing is known after half a year."""
    store_orders(engine, {"K00": [AS_OF - timedelta(days=1800)]})
    store_orders(engine, {f"K{number}": [AS_OF - timedelta(days=60)] for number in range(10, 29)})
    store_orders(engine, {f"L{number}": [AS_OF - timedelta(days=60)] for number in range(10, 89)})
    store_orders(engine, {"M": [AS_OF - timedelta(days=60), AS_OF - timedelta(days=40)]})
    report = read_report(engine, PROGRAMME, AS_OF)

    assert [step.at_risk for step in report.curve["all"]] == [100]
    assert report.in_sight_until == 60
    told = curve_of(report, PROGRAMME)
    assert {row.came_back for row in told.rows} == {"nog niet te zeggen"}
    assert told.says == "Nog te weinig klanten zijn lang genoeg klant om iets te zeggen."


def test_nobody_back_yet_is_nought_percent(sqlite_engine: Engine) -> None:
    """All are known for six years, and the first to come back took four: at six months it was nobody."""
    store_orders(sqlite_engine, {f"K{number}": [AS_OF - timedelta(days=2200)] for number in range(10, 39)})
    store_orders(sqlite_engine, {"M": [AS_OF - timedelta(days=2200), AS_OF - timedelta(days=740)]})
    report = read_report(sqlite_engine, PROGRAMME, AS_OF)

    rows = curve_of(report, PROGRAMME).rows
    assert {(row.months, row.in_sight, row.came_back, row.between) for row in rows} == {
        (months, "30", "0%", "–") for months in (6, 12, 24, 36)
    }


def store_orders(engine: Engine, days: dict[str, list[date]]) -> None:
    """Clients with an order on each of the days."""
    client = {"name": "K", "recipient": "", "kind": "consument", "consent": "no", "channel": "post", "id_crc32": 1}
    order = {"type": "overig", "value_cents": 100}
    with writing(engine) as connection:
        connection.execute(insert(tables.clients), [{**client, "client_id": each} for each in days])
        orders = [
            {**order, "project_id": f"{each}-{day}", "client_id": each, "ordered_on": day}
            for each, ordered in days.items()
            for day in ordered
        ]
        connection.execute(insert(tables.projects), orders)


def test_an_empty_database_has_a_page(sqlite_engine: Engine) -> None:
    """Before the first import the page says what will be there."""
    page = page_html(read_report(sqlite_engine, PROGRAMME, AS_OF), PROGRAMME)
    assert "Er is nog geen project geleverd." in page
    assert page.count("Nog niets te meten") == 2 * 7
    assert "geen oordeel" in page
