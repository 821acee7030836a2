"""The mails to come in counts: each day, and each occasion once."""

from datetime import timedelta

from programme.insight.calendar.mail_calendar import Agenda, AgendaCell
from programme.words.states import Reason
from tests import factories as make
from tests.programme.insight.test_differences import DAY, decision

LAST = DAY + timedelta(days=9)


def agenda_of(*recipients: list[object]) -> Agenda:
    agenda = Agenda(make.shipped_programme(), DAY, LAST)
    for decisions in recipients:
        agenda.add(decisions)  # type: ignore[arg-type]  # decisions, as written below
    return agenda


def line_of(agenda: Agenda, touchpoint: str) -> tuple[object, ...]:
    return next(tuple(line[1:]) for line in agenda.lines() if line.touchpoint == touchpoint)


def test_a_mail_that_waited_is_sent_later() -> None:
    """It counts as deferred on the days it waited, and once as sent, later."""
    agenda = agenda_of([decision(0, Reason.OUTRANKED), decision(1, Reason.FREQUENCY_CAP), decision(2)], [decision(2)])

    assert list(agenda.cells()) == [
        AgendaCell(DAY, "daily", "seasonal", 0, 1),
        AgendaCell(DAY + timedelta(days=1), "daily", "seasonal", 0, 1),
        AgendaCell(DAY + timedelta(days=2), "daily", "seasonal", 2, 0),
    ]
    assert line_of(agenda, "seasonal") == (2, 1, 0, 0, {})
    assert agenda.total == agenda.on(DAY + timedelta(days=2)) == 2


def test_a_mail_that_waits_to_the_end_lapses_or_still_waits() -> None:
    """By whether its window closes within the days looked at."""
    agenda = agenda_of(
        [decision(9, Reason.OPEN_CASE, closes_on=LAST)],
        [decision(9, Reason.OPEN_CASE, closes_on=LAST + timedelta(days=1))],
    )

    assert line_of(agenda, "seasonal") == (0, 0, 1, 1, {})


def test_a_skip_counts_once_by_its_reason() -> None:
    """However many days of its window it is asked about."""
    agenda = agenda_of([decision(day, Reason.NO_CONSENT) for day in range(9)])

    assert line_of(agenda, "seasonal") == (0, 0, 0, 0, {"no_consent": 1})
    assert list(agenda.cells()) == []


def test_as_json() -> None:
    """Days as text, touchpoints with their label, all of them, in the order of the programme file."""
    told = agenda_of([decision(2)]).as_json()

    assert (told["from"], told["to"], told["send"]) == ("2026-03-02", "2026-03-11", 1)
    assert [line["touchpoint"] for line in told["touchpoints"]] == list(make.shipped_programme().touchpoints)
    assert told["days"] == [{"day": "2026-03-04", "flow": "daily", "touchpoint": "seasonal", "send": 1, "defer": 0}]
