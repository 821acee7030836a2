"""The strict readers of single cells."""

from datetime import date
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.importing.reading import cells
from tasks.importing.reading.sheets import SHEETS

GREATEST_SECONDS = 5  # of one cell, on a machine that is busy with much else


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
    assert str(cents).strip("0") == digits.strip("0")


@pytest.mark.parametrize(
    ("text", "cents"),
    [("2450.5000", 245050), ("2450,5000", 245050), ("1.234,500", 123450), ("1,234.0000", 123400), ("1,500", 150)],
)
def test_an_amount_is_read_as_a_database_writes_it(text: str, cents: int) -> None:
    """Zeros behind the cents change no amount, and a single comma is decimal."""
    assert cells.amount_in_cents(text) == cents


@pytest.mark.parametrize("text", [",5", "1,505", "2450.5010", "1.234,567", ".", ",", "1.", "1.2345"])
def test_an_amount_that_is_no_whole_cents_or_two_amounts_is_refused(text: str) -> None:
    """Parts of a cent, and marks without digits on both sides."""
    with pytest.raises(ValueError):
        cells.amount_in_cents(text)


@pytest.mark.parametrize("text", ["1.234", "0.001", "999.999", "1234.567"])
def test_a_point_before_three_digits_is_ambiguous(text: str) -> None:
    """`1.234` may be a thousand or a one: nobody guesses with money."""
    with pytest.raises(ValueError, match="ambiguous"):
        cells.amount_in_cents(text)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_a_day_survives_both_ways_to_write_it(day: date) -> None:
    """YYYY-MM-DD, D-M-YYYY and D/M/YYYY give the same day, with or without zeros, and a time of day is dropped."""
    zoned = (" 23:59:59.123456+01:00", " 23:59:59.5+01", " 23:59:59 UTC")
    for text in _ways_to_write(day):
        for time in ("", " 14:05", "T00:00:00", *zoned, " 2:05 PM", " 14.05", " 14.05 uur"):
            assert cells.day(text + time) == day
    with pytest.raises(ValueError, match="two digits"):
        cells.day(f"{day.day}-{day.month}-{day.year % 100:02d}")


@given(st.text(max_size=12))
def test_no_other_text_is_a_day(text: str) -> None:
    """What is read as a day is one of the two ways to write it."""
    try:
        day = cells.day(text)
    except ValueError:
        return
    assert text in _ways_to_write(day)


def _ways_to_write(day: date) -> list[str]:
    return [
        day.isoformat(),
        *(
            f"{number}{mark}{month}{mark}{day.year:04d}"
            for mark in "-/"
            for number in (str(day.day), f"{day.day:02d}")
            for month in (str(day.month), f"{day.month:02d}")
        ),
    ]


@given(st.integers(0, 999_999_999))
def test_a_number_survives_the_spreadsheet(number: int) -> None:
    """`2`, `2.0` and `2,00` are one number; an amount may carry a euro sign."""
    read = cells.whole_number(0, 999_999_999)
    assert {read(f"{number}{tail}") for tail in ("", ".0", ",0", ",00")} == {number}
    for text in (f"€ {_grouped(number, '.')},50", f"€{number},50", f"{number},50 EUR", f"{number}.50 €"):
        assert cells.amount_in_cents(text) == number * 100 + 50


@given(
    st.text(alphabet="\u200b\ufeff\u00a0\u00ad\u200e\u202e\u2066 ", max_size=5), st.sampled_from(["Anna", "é b", ""])
)
def test_what_nobody_sees_is_taken_off_both_ends(around: str, text: str) -> None:
    """Whatever stands around a cell unseen, the cell says what it shows."""
    assert cells.clean(around + text + around[::-1]) == text


def test_no_name_turns_what_stands_behind_it() -> None:
    """A change of direction inside a cell is left out; the marks that a name in Arabic or Hebrew needs are kept."""
    assert cells.clean("Jan \u202eneD \u2067naV\u2069\u202c Bos") == "Jan neD naV Bos"
    assert cells.clean("\u05d3\u05d5\u05d3 \u200fBos") == "\u05d3\u05d5\u05d3 \u200fBos"


@pytest.mark.parametrize("text", ["nl91 abna 0417 1643 00", "BE68 5390 0754 7034", "DE89370400440532013000"])
def test_an_account_of_any_bank_is_taken(text: str) -> None:
    """Also of a bank that no list has; the check numbers of IBAN and country must hold."""
    number = text.replace(" ", "").upper()
    assert cells.iban(text) == number
    for other in (number[:-1] + str(int(number[-1]) ^ 1), number[:-1], "BE41539007547035"):
        with pytest.raises(ValueError):
            cells.iban(other)


@pytest.mark.parametrize("text", ["NL91\u00a0ABNA\u00a00417\u202f1643\u00a000", "NL 91 ABNA 0417164300"])
def test_an_account_may_stand_in_groups(text: str) -> None:
    """With the spaces that a bank's page and Excel put between them; a line break is none of these."""
    assert cells.iban(text) == "NL91ABNA0417164300"
    for other in ("NL91\nABNA0417164300", "NL91-ABNA-0417-1643-00"):
        with pytest.raises(ValueError, match="is not an IBAN"):
            cells.iban(other)


@pytest.mark.parametrize("text", ["WAAR", "ja", "Yes", "1", "true", "ONWAAR", "Nee", "no", "0", "False"])
def test_a_boolean_is_said_in_two_languages(text: str) -> None:
    assert cells.boolean(text) is (text.lower() in ("waar", "ja", "yes", "1", "true"))


@pytest.mark.parametrize("text", ["0", "?!", "a5@voorbeeld.nl", "12345"])
def test_what_is_no_name_names_nobody(text: str) -> None:
    with pytest.raises(cells.StandsForNothing):
        cells.person_of(300)(text)


@pytest.mark.parametrize("text", ["12\n", "１2", "٣", "1_0", " 1", "+1", "1.5", "1.", "1e1", "", "²"])
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


@pytest.mark.parametrize(("read", "text"), [(cells.day, "T" * 50_000), (cells.amount_in_cents, f"1{' ' * 50_000}x")])
def test_a_cell_costs_no_more_than_its_size(read: cells.Reader, text: str) -> None:
    """A long run of one sign is passed over once, not once from each of its places."""
    began = monotonic()
    with pytest.raises(ValueError, match="is not a"):
        read(text)
    assert monotonic() - began < GREATEST_SECONDS
