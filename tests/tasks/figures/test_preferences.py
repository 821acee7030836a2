"""Counts of each choice of the preference page stand in the report, as of its day."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from models.consent import Chosen, Proof, choose
from models.database.engine import writing
from programme.figures.report import report_json
from tasks.figures.report import read_report
from tests.factories import shipped_programme


def test_choices_are_counted_as_they_stand(sqlite_engine: Engine) -> None:
    """One an address, the latest of each; nothing at all while nobody chose."""
    programme, first, second = (
        shipped_programme(),
        datetime(2026, 3, 1, 9, tzinfo=UTC),
        datetime(2026, 3, 9, 9, tzinfo=UTC),
    )
    assert "preferences" not in report_json(read_report(sqlite_engine, programme, first.date()))
    with writing(sqlite_engine) as connection:
        for address, at, value in (("a@x.nl", first, "off"), ("b@x.nl", first, "off"), ("b@x.nl", second, "on")):
            choose(connection, address, [Chosen("topic:ideas", value, "…")], Proof("preferences", at))

    def counted(at: datetime) -> list[dict[str, object]]:
        found: list[dict[str, object]] = report_json(read_report(sqlite_engine, programme, at.date()))["preferences"]
        return found

    off = {"choice": "topic:ideas", "value": "off"}
    assert counted(first) == [off | {"recipients": 2}]
    assert counted(second) == [off | {"recipients": 1}, {"choice": "topic:ideas", "value": "on", "recipients": 1}]
