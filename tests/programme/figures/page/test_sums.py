"""The sums on the desk: the source document's own, and what people type."""

import pytest

from programme.figures.families.value import FirmNumbers
from programme.figures.page.sums import read_number, sums_of

FIRM = FirmNumbers(148, 70_062.3333, 126 / 148, 148, 22 / 148, 10_583_100)
NOBODY = FirmNumbers(0, None, None, 0, None, 0)


@pytest.mark.parametrize(("stays", "worth"), [("20", "€\u00a0624.800"), ("80%", "€\u00a01.680.800")])
def test_the_sums_of_the_source_document(stays: str, worth: str) -> None:
    """1,000 clients, € 500 in the first year."""
    keeping, _ = sums_of(FIRM, {"klanten": "1.000", "eerste_jaar": "€ 500", "behoud": stays})
    assert keeping.results[0].text == worth


def test_they_begin_with_the_numbers_of_the_firm() -> None:
    """Filled in the Dutch way, and worked out."""
    keeping, leaving = sums_of(FIRM, {})
    assert [entry.text for entry in keeping.entries] == ["148", "700,62", "85,14"]
    assert [entry.text for entry in leaving.entries] == ["148", "1,33", "715,07"]
    assert keeping.results
    assert leaving.results[0].text == "22"  # as many as the year before


def test_a_firm_without_clients_is_asked_for_numbers() -> None:
    """No result and no fault before anybody typed."""
    for each in sums_of(NOBODY, {}):
        assert not each.results
        assert not [entry.fault for entry in each.entries if entry.fault]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.250,50", 1250.5), ("12,5", 12.5), ("12.5", 12.5), ("1.250", 1250.0), ("€ 500", 500.0), ("80 %", 80.0)],
)
def test_a_number_is_read_as_people_type_it(text: str, number: float) -> None:
    """A dot before three digits stands for thousands."""
    assert read_number(text) == (number, "")


@pytest.mark.parametrize("text", ["", "veel", "-3", "1e9", "<script>", "1.25.0", "9999999999", "١٢"])
def test_what_is_no_number_is_said_in_its_place(text: str) -> None:
    """And what was typed stays in the field."""
    _, leaving = sums_of(FIRM, {"verloop": text})
    assert leaving.entries[1].fault.startswith("Vul een getal in")
    assert leaving.entries[1].text == text
    assert not leaving.results
