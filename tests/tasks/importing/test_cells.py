"""The strict readers of single cells."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.importing import cells
from tasks.importing.sheets import SHEETS


def _grouped(euros: int, mark: str) -> str:
    return f"{euros:,}".replace(",", mark)


@given(st.integers(0, 999_999_999_99))
def test_an_amount_survives_every_way_to_write_it(cents: int) -> None:
    """parse(format(cents)) == cents, with and without grouping, with a comma and with a point."""
    euros, rest = divmod(cents, 100)
    assert cells.amount_in_cents(f"{euros},{rest:02d}") == cents
    assert cells.amount_in_cents(f"{euros}.{rest:02d}") == cents
    assert cells.amount_in_cents(f"{_grouped(euros, '.')},{rest:02d}") == cents
    assert cells.amount_in_cents(f"{_grouped(euros, ',')}.{rest:02d}") == cents
    if rest == 0:
        assert cells.amount_in_cents(str(euros)) == cents


@given(st.text(alphabet="0123456789.,-+e_ ١２", max_size=14))
def test_no_text_is_read_as_an_amount_that_it_does_not_say(text: str) -> None:
    """Whatever is taken holds digits and marks alone, and the digits are those of the result."""
    try:
        cents = cells.amount_in_cents(text)
    except ValueError:
        return
    assert set(text) <= set("0123456789.,")
    digits = "".join(sign for sign in text if sign.isdigit())
    assert cents in (int(digits), int(digits) * 10, int(digits) * 100)


@pytest.mark.parametrize("text", ["1.234", "0.001", "999.999", "1234.567"])
def test_a_point_before_three_digits_is_ambiguous(text: str) -> None:
    """`1.234` may be a thousand or a one: nobody guesses with money."""
    with pytest.raises(ValueError, match="ambiguous"):
        cells.amount_in_cents(text)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_a_day_survives_both_ways_to_write_it(day: date) -> None:
    """YYYY-MM-DD and DD-MM-YYYY give the same day, also where day and month could be swapped."""
    assert cells.day(day.isoformat()) == day
    assert cells.day(f"{day.day:02d}-{day.month:02d}-{day.year:04d}") == day


@given(st.text(max_size=12))
def test_no_other_text_is_a_day(text: str) -> None:
    """What is read as a day is one of the two ways to write it."""
    try:
        day = cells.day(text)
    except ValueError:
        return
    assert text in (day.isoformat(), f"{day.day:02d}-{day.month:02d}-{day.year:04d}")


@pytest.mark.parametrize("text", ["12\n", "１2", "٣", "1_0", " 1", "+1", "1.0", "1e1", "", "²"])
def test_a_whole_number_is_ascii_digits(text: str) -> None:
    """int() takes other scripts, underscores and spaces; we do not."""
    with pytest.raises(ValueError):
        cells.whole_number(0, 100)(text)


@pytest.mark.parametrize(
    "sign", [chr(code) for code in [*range(0x20), *range(0x7F, 0xA0)] if chr(code) not in "\t\n\r"]
)
def test_control_characters_refuse_a_cell(sign: str) -> None:
    """Every C0 and C1 control but the line ends, wherever it stands (also where trimming would take it away)."""
    for text in (f"a{sign}b", f"{sign}a", f"a{sign}"):
        with pytest.raises(ValueError, match="control character"):
            cells.clean(text)


@pytest.mark.parametrize("sign", list("\t\n\r\u2028\u2029"))
def test_line_ends_refuse_text_of_one_line(sign: str) -> None:
    """A name with a line break could become a mail header."""
    with pytest.raises(ValueError, match="line break"):
        cells.line_of(100)(f"a{sign}b")
    assert cells.lines_of(100)(f"a{sign}b") == f"a{sign}b"


READERS = {f"{sheet.file}.{column.name}": column.read for sheet in SHEETS for column in sheet.columns}


@pytest.mark.parametrize("place", READERS)
@given(text=st.text(min_size=1, max_size=80))
def test_every_reader_takes_or_refuses_any_text(place: str, text: str) -> None:
    """A reader gives a value or raises ValueError with a reason, and nothing else."""
    try:
        cells.clean(text)
        READERS[place](text)
    except ValueError as error:
        reason = str(error)
    else:
        reason = "none"
    assert reason
