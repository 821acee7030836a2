"""The pages of a look ahead: in Dutch, whole, and safe from what clients and touchpoints are called."""

import re
from datetime import timedelta

import pytest

from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.differences import Differences
from programme.words.states import Reason
from tasks.insight.what_if import Comparison
from tests import factories as make
from tests.programme.insight.test_differences import DAY, decision

pytestmark = pytest.mark.long  # imports Prefect

LAST = DAY + timedelta(days=9)
HOSTILE = "[klik](javascript:x) `````<img src=x>\n# kop | cel"


def comparison(client_id: str = "C1") -> Comparison:
    """Three clients: one gains, one loses for the time being, one moves."""
    now, new = make.shipped_programme(), make.programme(**{"caps.marketing_gap_days": 14})
    differences = Differences()
    people = [
        *differences.add([], [decision(1, client_id=client_id)]),
        *differences.add([decision(client_id="C2")], [decision(9, Reason.FREQUENCY_CAP, client_id="C2")]),
        *differences.add([decision(client_id="C3")], [decision(4, client_id="C3")]),
    ]
    return Comparison(now, new, DAY, LAST, differences, people)


def test_the_page_of_a_comparison() -> None:
    """What was changed, a picture, the counts, and the people as CSV."""
    from flows.ui.artifacts.forecast import comparison_markdown, people_tables

    page = comparison_markdown(comparison(), "Wat als")

    assert "| caps.marketing\\_gap\\_days | 7 | 14 |" in page
    assert "](data:image/svg+xml;base64," in page
    assert "- 1 mail van 1 klant: krijgt de mail niet meer" in page
    assert "| Seizoensbericht | 2 | 2 | 1 | 1 |" in page
    assert "| Seizoensbericht | 1 | 0 |" in page
    people = people_tables(comparison())
    assert people.count("| Klant | Bericht | Nu | Nieuw |") == 3
    assert (
        "## Wie krijgt de mail niet meer\n\n| Klant | Bericht | Nu | Nieuw |\n| --- | --- | --- | --- |\n"
        "| C2 | Seizoensbericht | 2 maart 2026: versturen | 11 maart 2026: De klant kreeg de afgelopen dagen al een "
        "mail. Kan nog tot en met 23 maart 2026. |"
    ) in people


def test_a_client_id_is_no_markup() -> None:
    """What stands in the CSV block cannot end it."""
    from flows.ui.artifacts.forecast import comparison_markdown

    page = comparison_markdown(comparison(HOSTILE), "Wat als")

    (fence,) = re.findall(r"^(`+)csv$", page, re.MULTILINE)
    before, block, after = page.split(fence + "csv\n")[0], *page.split(fence + "csv\n")[1].split(f"\n{fence}", 1)
    assert len(fence) == 6
    assert "klik" in block
    assert "klik" not in before + after


def test_the_page_of_a_forecast() -> None:
    """A picture, a sentence on what the caps do, a line a touchpoint, and the days as CSV."""
    from flows.ui.artifacts.forecast import agenda_markdown, agenda_table

    agenda = Agenda(make.shipped_programme(), DAY, LAST)
    agenda.add([decision(0, Reason.OUTRANKED), decision(1)])
    page = agenda_markdown(agenda, "Mails")

    assert "1 mails als er verder niets gebeurt. Daarvan gaan er 1 later" in page
    assert "| Seizoensbericht | 1 | 1 | 0 | 0 |" in page
    assert '"2026-03-03","daily","seasonal","Seizoensbericht",1,0' in page
    assert "| 2026-03-02 | Seizoensbericht | 0 | 1 |" in agenda_table(agenda)


def test_the_forms_have_dutch_fields() -> None:
    """The schema that the Prefect UI draws: titles and help in Dutch, dates and choices as such."""
    from prefect.utilities.callables import parameter_schema

    from flows.forecast import forecast
    from flows.what_if import what_if

    fields = parameter_schema(what_if.fn).definitions["WhatIfQuestion"]["properties"]
    assert [field["title"] for field in fields.values()] == [
        "Eerste dag",
        "Laatste dag",
        "Wat staat er in de tekst?",
        "Tekst",
    ]
    assert all(field["description"] for field in fields.values())
    assert (fields["first"]["format"], fields["meaning"]["enum"]) == ("date", ["wijzigingen", "heel programma"])
    days = parameter_schema(forecast.fn).definitions["ForecastQuestion"]["properties"]["days"]
    assert (days["minimum"], days["maximum"], days["default"]) == (1, 366, 90)
