"""Experiments, complaints and the loyalty index, each on a few rows that a person can count."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from models import tables
from models.database.engine import writing
from programme.figures.families.cohorts import AtAge, Period, Trend
from programme.figures.families.rates import Sample, rate_of
from programme.figures.lights import FigureKey, MonthsToRepeat
from programme.figures.report import Report, report_json
from tasks.figures.families.deliveries import Split
from tasks.figures.report import read_report
from tests.factories import programme, shipped_programme

DAY = date(2026, 3, 2)
TRIAL = {"touchpoint": "seasonal", "first_on": "2025-09-01", "last_on": "2025-09-30", "holdout_share": 0.2}


def store(engine: Engine, **rows: list[dict[str, Any]]) -> None:
    with writing(engine) as connection:
        for name, each in rows.items():
            connection.execute(insert(tables.metadata.tables[name]), each)


def clients(*ids: str) -> list[dict[str, Any]]:
    plain = {"recipient": "", "kind": "consument", "consent": "no", "channel": "post", "id_crc32": 1}
    return [{"client_id": each, "name": each, **plain} for each in ids]


def decision(client_id: str, on: date, outcome: str = "send", reason: str = "") -> dict[str, Any]:
    key = {"client_id": client_id, "recipient": "", "touchpoint": "seasonal", "occasion": "2025-09", "flow": "daily"}
    return {**key, "as_of": on, "due_on": on, "outcome": outcome, "reason": reason, "segment": "overig", "priority": 1}


def order(client_id: str, on: date) -> dict[str, Any]:
    return {
        "project_id": f"{client_id}-{on}",
        "client_id": client_id,
        "type": "overig",
        "value_cents": 1,
        "ordered_on": on,
    }


def test_an_experiment_tells_its_result_on_its_day(engine: Engine) -> None:
    """By the first assignment, whatever became of the mail; orders of the day itself, and of day 61, are none."""
    first, window = date(2025, 9, 2), timedelta(days=60)
    store(
        engine,
        clients=clients("A", "B", "C", "D", "E", "F"),
        decisions=[
            decision("A", first, "defer", "frequency_cap"),
            decision("A", first + timedelta(days=1)),
            decision("B", first),
            decision("C", first),
            decision("D", first, "skip", "held_out"),
            decision("E", first, "skip", "held_out"),
            decision("F", first, "skip", "no_consent"),
            decision("E", date(2025, 10, 1)),
        ],
        projects=[
            order("A", first + timedelta(days=1) + window),
            order("B", first),
            order("C", first + window + timedelta(days=1)),
            order("D", first + timedelta(days=1)),
            order("F", first + timedelta(days=1)),
        ],
    )
    terms = programme(**{"experiments.najaar": {**TRIAL, "window_days": 60}})
    result_on = date(2025, 11, 29)
    early = read_report(engine, terms, result_on - timedelta(days=1)).experiments[0]
    assert (early.assigned_treated, early.assigned_held_out, early.treated, early.held_out) == (3, 2, None, None)
    assert early.as_json(20)["result_on"] == "2025-11-29"
    told = read_report(engine, terms, result_on).experiments[0]
    assert (told.treated, told.held_out) == (rate_of(1, 3), rate_of(1, 2))
    assert told.as_json(20)["difference"] == round(1 / 3 - 1 / 2, 6)


def test_a_cohort_is_compared_at_the_age_of_the_younger(engine: Engine) -> None:
    """Counted from the end of its month: of both cohorts what each customer did in so many days after the first
    occasion; the first cohort has none before it, and below 90 days none is compared."""
    first, young = date(2025, 1, 10), date(2025, 2, 3)
    days = {"A": [0, 90, 91], "B": [0, 91], "C": [0, 30, 95]}
    store(
        engine,
        clients=clients(*days),
        projects=[
            order(client, (young if client == "C" else first) + timedelta(days=number)) | {"value_cents": 100 + number}
            for client, own in days.items()
            for number in own
        ],
    )
    day = date(2025, 2, 28) + timedelta(days=90)
    report = read_report(engine, shipped_programme(), day)
    months = report.figures[FigureKey.MONTHS_TO_REPEAT].measured
    assert isinstance(months, MonthsToRepeat)
    assert (months.quartile_days, months.median_days, months.in_sight) == (30, 90, (3, 2))
    older, younger = report.cohorts[Period.MONTH]
    assert (older.name, older.trend, younger.name) == ("2025-01", None, "2025-02")
    assert younger.trend == Trend(
        90,
        AtAge(1, Sample(1, 100, 100**2), rate_of(1, 1), 30, Sample(1, 230, 230**2)),
        AtAge(2, Sample(2, 200, 2 * 100**2), rate_of(1, 2), 90, Sample(2, 390, 290**2 + 100**2)),
    )
    *_, younger = read_report(engine, shipped_programme(), day - timedelta(days=1)).cohorts[Period.MONTH]
    assert younger.trend is None


def test_complaints_are_counted_by_level_and_step(engine: Engine) -> None:
    """A deadline is kept by what was done by then; a missed step raises the level of those after it; what a closed
    case no longer asked for counts for neither, from the day on which it closed."""

    def at(day: int, hour: int = 10) -> datetime:
        return datetime(2026, 2, day, hour, tzinfo=UTC)

    def step(case_id: str, name: str, place: int, deadline: datetime, **more: Any) -> dict[str, Any]:
        plain = {"done_at": None, "missed_at": None, "state": "open"}
        return {"case_id": case_id, "step": name, "place": place, "deadline_at": deadline, **plain, **more}

    def case(case_id: str, severity: str, **more: Any) -> dict[str, Any]:
        plain = {"client_id": "A", "root": case_id, "state": "open", "given_at": at(2), "opened_at": at(2), "missed": 0}
        return {"case_id": case_id, "severity": severity, **plain, "closed_at": None, **more}

    scored = {"client_id": "A", "kind": "nps", "origin": "import"}
    store(
        engine,
        clients=clients("A", "B"),
        cases=[
            case("1", "minor", missed=1),
            case("2", "medium", state="resolved", closed_at=at(4)),
            case("3", "major", opened_at=datetime(2024, 1, 1, tzinfo=UTC), state="withdrawn", closed_at=at(3)),
            case("4", "minor", client_id="B", state="resolved", closed_at=at(5)),
        ],
        case_steps=[
            step("1", "call", 1, at(3), done_at=at(3, 11), missed_at=at(3, 11), state="done"),
            step("1", "solution", 2, at(4), done_at=at(4), state="done"),
            step("1", "fix", 3, at(28, 23), state="open"),
            step("1", "ack", 0, at(3), done_at=at(3), state="sent"),
            step("2", "call", 1, at(3), done_at=at(2), state="done"),
            step("2", "solution", 2, at(20), state="skipped"),
            step("2", "fix", 3, at(21), state="open"),
            step("3", "call", 1, datetime(2024, 1, 2, tzinfo=UTC), state="open"),
            step("4", "call", 1, at(3, 12), state="skipped"),
        ],
        feedback=[
            {"feedback_id": "F1", "given_on": date(2026, 2, 1), "score": 2, **scored},
            {"feedback_id": "F2", "given_on": date(2026, 2, 4), "score": 9, **scored},
        ],
    )
    care = read_report(engine, shipped_programme(), DAY).care
    assert (care.opened, care.closed, care.open) == (3, 3, 1)
    assert care.by_level == {"engineer": rate_of(0, 1), "manager": rate_of(2, 3), "management": rate_of(0, 0)}
    assert care.by_step == {"call": rate_of(1, 2), "solution": rate_of(1, 1), "fix": rate_of(0, 1)}
    assert (care.recovered.n, care.recovered.promoters) == (1, 1)
    earlier = read_report(engine, shipped_programme(), date(2026, 2, 3)).care
    assert (earlier.opened, earlier.closed, earlier.open, earlier.recovered.n) == (3, 1, 3, 0)
    assert earlier.by_step["call"] == rate_of(1, 3)


def test_the_loyalty_index_is_of_complete_answers(engine: Engine) -> None:
    """The latest complete one of each client; an answer changed afterwards counts as changed."""
    message = {"recipient": "", "touchpoint": "survey_loyalty", "flow": "survey", "purpose": "service", "attempts": 1}
    days = {"as_of": DAY, "due_on": DAY, "closes_on": DAY, "status": "accepted"}

    def answer(message_id: str, question: str, score: int | None, on: date = DAY) -> dict[str, Any]:
        at = datetime(on.year, on.month, on.day, tzinfo=UTC)
        return {"message_id": message_id, "client_id": "A", "question": question, "answer": "", "score": score} | {
            "answered_at": at,
            "answered_on": on,
            "needs_contact": False,
        }

    names = ("trouw-aanbevelen", "trouw-opnieuw", "trouw-meer")
    store(
        engine,
        clients=clients("A", "B"),
        messages=[
            {**message, **days, "message_id": each, "client_id": client, "occasion": each}
            for each, client in (("1", "A"), ("2", "A"), ("3", "B"))
        ],
        answers=[
            *(answer("1", name, 1, DAY - timedelta(days=9)) for name in names),
            *(answer("2", name, 6) for name in names),
            answer("2", "trouw-meer", 9),
            *(answer("3", name, 10) for name in names[:2]),
        ],
    )
    value = report_json(read_report(engine, shipped_programme(), DAY))["value"]
    assert value["loyalty_index"] == {"value": 7.0, "n": 1}


def test_who_left_by_a_mail_is_counted_with_it(engine: Engine) -> None:
    """By the link on our own page, or by the provider's; once, and of the delivered mails alone."""
    message = {"recipient": "", "touchpoint": "seasonal", "flow": "daily", "purpose": "service", "attempts": 1}
    days = {"as_of": date(2026, 1, 5), "due_on": DAY, "closes_on": DAY, "status": "accepted"}
    at = datetime(2026, 1, 6, tzinfo=UTC)
    event = {"recipient": "", "occurred_at": at, "received_at": at, "is_machine": False}
    left = {"recipient": "", "change": "suppressed", "reason": "unsubscribe", "changed_at": at, "source": "page"}
    told = [("1", "delivered"), ("1", "unsubscribed"), ("2", "delivered"), ("2", "complained"), ("3", "unsubscribed")]
    store(
        engine,
        clients=clients("A", "B", "C"),
        messages=[
            {**message, **days, "message_id": each, "client_id": client, "occasion": "O"}
            for each, client in (("1", "A"), ("2", "B"), ("3", "C"))
        ],
        events=[{**event, "provider_event_id": f"{m}{kind}", "message_id": m, "kind": kind} for m, kind in told],
        consent_history=[{**left, "message_id": each} for each in ("1", "2", "3")],
    )
    (row,) = read_report(engine, shipped_programme(), DAY).touchpoints
    assert (row.planned, row.delivered, row.unsubscribed, row.complained) == (3, 2, 2, 1)
    (row,) = read_report(engine, shipped_programme(), date(2026, 1, 5)).touchpoints
    assert (row.planned, row.delivered, row.unsubscribed, row.complained) == (3, 0, 0, 0)


def test_funnels_are_divided_on_request(engine: Engine) -> None:
    """By segment or tier: the parts of a touchpoint add up to it, a tier of nobody among them."""
    message = {"recipient": "", "touchpoint": "seasonal", "flow": "daily", "purpose": "service", "attempts": 1}
    days = {"as_of": date(2026, 1, 5), "due_on": DAY, "closes_on": DAY, "status": "accepted", "segment": "overig"}
    store(
        engine,
        clients=clients("A", "B"),
        messages=[
            {**message, **days, "message_id": each, "client_id": each, "occasion": "2025-09", "tier": tier}
            for each, tier in (("A", None), ("B", "zilver"))
        ],
        decisions=[decision("A", date(2026, 1, 5), "skip", "no_consent")],
        projects=[order("B", date(2026, 1, 6))],
    )

    def rows(report: Report) -> list[tuple[Any, ...]]:
        return [(row.tier, row.planned, row.ordered, dict(row.skipped)) for row in report.touchpoints]

    assert rows(read_report(engine, shipped_programme(), DAY)) == [(None, 2, 1, {"no_consent": 1})]
    divided = read_report(engine, shipped_programme(), DAY, split=Split.TIER)
    assert rows(divided) == [(None, 1, 0, {"no_consent": 1}), ("zilver", 1, 1, {})]
    assert report_json(divided)["touchpoints"][1]["tier"] == "zilver"
