"""Two programmes over the same days, against the plans of each day under each of them."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from models import tables
from models.database.engine import open_engine, writing
from models.settings import ROOT
from programme.insight.differences import ChangeKind, Differences, MessageChange, changed_keys, changes_between
from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.words.states import Outcome
from tasks.base.files.spreadsheets import csv_text
from tasks.base.programme_file import TEMPLATES, ProgrammeInvalid
from tasks.clients import pages
from tasks.insight.what_if import (
    CSV_HEADER,
    compare,
    compare_programmes,
    csv_row,
    load_other,
    programme_in,
    with_changes,
)
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.histories import History
from tests.tasks.periods import log_message, log_messages, planned, row_counts

pytestmark = pytest.mark.slow

Past = tuple[Engine, list[Decision]]

FIRST, LAST = date(2026, 2, 24), date(2026, 3, 11)
DAYS = (LAST - FIRST).days + 1
SHIPPED = (ROOT / "programme.toml").read_text(encoding="utf-8")

OTHERS = {
    "wider gap": {"caps.marketing_gap_days": 14, "touchpoints.review_reminder.priority": 99},
    "other windows": {
        "touchpoints.seasonal.grace_days": 5,
        "touchpoints.win_back.offset": "5 months",
        "referral.signup_within_days": 20,
    },
    "longer memory": {"touchpoints.anniversary.repeat_days": 700},
}


def differing(engine: Engine, now: Programme, new: Programme) -> list[MessageChange]:
    return list(compare_programmes(engine, now, new, FIRST, LAST, Differences()))


@pytest.fixture
def base(engine: Engine) -> Engine:
    """160 clients with facts before, in and after the period, and an empty message log."""
    History(seed=17, clients=160, day=FIRST + timedelta(days=15)).store(engine)
    return engine


@pytest.fixture(scope="module")
def with_past(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """That base, its anniversary mails gone out before too, and the plans of the shipped programme."""
    path = tmp_path_factory.mktemp("what-if") / "test.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    History(seed=17, clients=160, day=FIRST + timedelta(days=15)).store(engine)
    now = make.shipped_programme()
    anniversaries = [each for each in planned(engine, now, FIRST, DAYS) if each.touchpoint == "anniversary"]
    latest = {each.recipient: each for each in anniversaries if each.recipient}.values()
    earlier = FIRST - timedelta(days=500)
    log_messages(
        engine,
        [each._replace(client_id="C9999", occasion=f"earlier-{each.occasion}", as_of=earlier) for each in latest],
    )
    yield engine, planned(engine, now, FIRST, DAYS)
    engine.dispose()


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_the_differences_are_those_of_the_plans(with_past: Past, name: str) -> None:
    """Facts of each day count from that day on, as in a plan of each day under both programmes."""
    engine, plans = with_past
    new = make.programme(**OTHERS[name])

    found = differing(engine, make.shipped_programme(), new)

    expected = changes_between(plans, planned(engine, new, FIRST, DAYS))
    assert sorted(found) == sorted(expected)
    assert found


@ON_SQLITE  # what it counts is compared on PostgreSQL by test_real_messages_of_the_period_are_out_of_sight
def test_the_counts_are_those_of_the_plans(base: Engine) -> None:
    """Sends of each programme by touchpoint."""
    now, new = make.shipped_programme(), make.programme(**OTHERS["wider gap"])
    compared = compare(base, now, new, FIRST, LAST, people=3)

    decisions = planned(base, new, FIRST, DAYS)
    for line in compared.differences.lines(now, new):
        sent = [each for each in decisions if each.touchpoint == line.touchpoint and each.outcome == Outcome.SEND]
        assert line.new == len(sent) == line.now + line.gained - line.lost
    assert len(compared.people) == 3


@ON_SQLITE  # what partners bring is read by the queries of the tests above
def test_who_becomes_a_partner_loses_the_tier_of_referrals(engine: Engine) -> None:
    """A referral that earns commission counts for no tier, so its upgrade mail is lost, as in the plans."""
    ordered_on, delivered_on = FIRST - timedelta(days=60), FIRST - timedelta(days=1)
    with writing(engine) as connection:
        for number, address in enumerate(("referrer@voorbeeld.nl", "friend@voorbeeld.nl")):
            own = {"client_id": f"C{number}", "name": "Anna Bakker", "email": address, "recipient": address}
            rest = {"kind": "aannemer", "consent": "yes", "channel": "email", "id_crc32": number}
            connection.execute(insert(tables.clients).values(own | rest | {"partner_since": date(2020, 1, 1)}))
        project = {"project_id": "P1", "client_id": "C1", "type": "dakkapel", "value_cents": 90_000}
        days = {"ordered_on": ordered_on, "delivered_on": delivered_on}
        connection.execute(insert(tables.projects).values(project | days))
        referral = {"referral_id": "R1", "referrer_id": "C0", "referred_client_id": "C1"}
        days = {"invited_on": ordered_on, "signed_up_on": ordered_on}
        connection.execute(insert(tables.referrals).values(referral | days))
    now, new = make.shipped_programme(), make.programme(**{"partners.enabled": True})

    found = differing(engine, now, new)

    expected = changes_between(planned(engine, now, FIRST, DAYS), planned(engine, new, FIRST, DAYS))
    assert sorted(found) == sorted(expected)
    assert [(change.kind, change.touchpoint) for change in found] == [(ChangeKind.LOST, "tier_upgrade")]


def test_a_programme_against_itself_is_the_same(base: Engine) -> None:
    """Nobody gains, loses or moves."""
    differences = Differences()

    assert list(compare_programmes(base, make.shipped_programme(), make.programme(), FIRST, LAST, differences)) == []
    assert differences.now == differences.new
    assert differences.now.total() > 50


@pytest.mark.long
def test_real_messages_of_the_period_are_out_of_sight(base: Engine) -> None:
    """A period that was sent already compares as before; a message of the day before it does count."""
    now, new = make.shipped_programme(), make.programme(**OTHERS["wider gap"])
    before = differing(base, now, new)
    sent = [each for each in planned(base, now, FIRST, DAYS) if each.outcome == Outcome.SEND]
    earlier = next(each for each in sent if each.client_id == before[0].client_id)

    log_messages(base, [each for each in sent[1:] if each != earlier])
    assert differing(base, now, new) == before

    log_message(base, earlier, FIRST - timedelta(days=1))
    assert differing(base, now, new) != before


def test_pages_change_nothing(with_past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven recipients at a time give the same as all at once."""
    base, now, new = with_past[0], make.shipped_programme(), make.programme(**OTHERS["longer memory"])
    whole = differing(base, now, new)

    monkeypatch.setattr(pages, "PAGE_RECIPIENTS", 7)

    assert differing(base, now, new) == whole


def test_nothing_is_written(base: Engine) -> None:
    """Every table has as many rows as before."""
    before = row_counts(base)

    differing(base, make.shipped_programme(), make.programme(**OTHERS["wider gap"]))

    assert row_counts(base) == before


def test_a_touchpoint_that_only_one_has(sqlite_engine: Engine) -> None:
    """All its mails are lost, and the line is there although the other programme does not know it."""
    History(seed=17, clients=150, day=FIRST + timedelta(days=15)).store(sqlite_engine)
    now = make.shipped_programme()
    rest = {name: each for name, each in now.touchpoints.items() if name != "seasonal"}
    new = now.model_copy(update={"touchpoints": rest})
    differences = Differences()

    for _ in compare_programmes(sqlite_engine, now, new, FIRST, LAST, differences):
        pass

    line = next(line for line in differences.lines(now, new) if line.touchpoint == "seasonal")
    assert (line.new, line.lost) == (0, line.now)
    assert line.now > 0


def test_the_faults_of_the_other_file_are_all_told(tmp_path: Path) -> None:
    """It is checked in full before anything is compared."""
    other = tmp_path / "new.toml"
    other.write_text(SHIPPED.replace("spread_days = 5", "spread_days = 500").replace("priority = 60", "priority = 600"))

    with pytest.raises(ProgrammeInvalid) as raised:
        load_other(other)

    assert len(raised.value.faults) == 5
    assert all(fault.line for fault in raised.value.faults)


def test_a_mail_that_is_not_written_yet_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """To compare with a new touchpoint its mail need not be there; it is told."""
    other = tmp_path / "new.toml"
    extra = SHIPPED[SHIPPED.index("[touchpoints.review_reminder]") :].split("\n\n")[0]
    other.write_text(SHIPPED + "\n" + extra.replace("review_reminder", "second_reminder") + "\n")

    new, missing = load_other(other)

    assert "second_reminder" in new.touchpoints
    assert missing
    assert all("second_reminder" in fault.in_file("new.toml") for fault in missing)

    (tmp_path / "mail").mkdir()
    shutil.copy(TEMPLATES / "mail" / "price_news.jinja", tmp_path / "mail" / "second_reminder.jinja")
    assert load_other(other, tmp_path)[1] == []


def test_changes_are_laid_over_the_present_file(tmp_path: Path) -> None:
    """Key by key, also with Windows line ends; everything else stays."""
    path = tmp_path / "programme.toml"
    path.write_text(SHIPPED)

    new = with_changes(path, "caps.marketing_gap_days = 10\r\n[touchpoints.seasonal]\r\ngrace_days = 14\r\n")

    found = {key.key: key.new for key in changed_keys(make.shipped_programme(), new)}
    assert found == {"caps.marketing_gap_days": 10, "touchpoints.seasonal.grace_days": 14}
    assert programme_in(SHIPPED) == make.shipped_programme()


@pytest.mark.parametrize("text", ["caps.marketing_gap_days = 100", "caps.gap = 1", "caps = ", "caps = 3", "[[caps]]"])
def test_what_is_typed_in_is_checked_in_full(tmp_path: Path, text: str) -> None:
    """Whatever it is, the answer is a list of faults and not a traceback."""
    path = tmp_path / "programme.toml"
    path.write_text(SHIPPED)

    with pytest.raises(ProgrammeInvalid):
        with_changes(path, text)


def test_no_cell_of_the_csv_is_a_formula(sqlite_engine: Engine) -> None:
    """A client id that looks like one stays text."""
    History(seed=17, clients=80, day=FIRST + timedelta(days=15)).store(sqlite_engine)
    change = differing(sqlite_engine, make.shipped_programme(), make.programme(**OTHERS["wider gap"]))[0]
    hostile = change._replace(client_id='=HYPERLINK("http://x";"y")', occasion="a;=1\r\n+2")

    lines = csv_text(CSV_HEADER, [csv_row(hostile)])

    assert lines.startswith('"change","client_id",')
    assert "\"'=HYPERLINK(" in lines
    assert '"a;=1\r\n+2"' in lines
    assert ChangeKind(change.kind) in lines
