"""CSV that a spreadsheet opens without running anything, and that reads back as it was."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.base.files.spreadsheets import FORMULA_STARTS, csv_text, inert, write_csv


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_formula_becomes_text(start: str) -> None:
    """Whatever a cell starts with that a spreadsheet would act on."""
    assert inert(f"{start}1+1") == f"'{start}1+1"


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")), min_size=1, max_size=4))
def test_cells_read_back_as_they_were(cells: list[str]) -> None:
    """But for the apostrophe before what looks like a formula; quotes, separators and line ends stay in their cell."""
    text = csv_text([f"column {place}" for place in range(len(cells))], [cells])

    header, row = csv.reader(io.StringIO(text, newline=""))
    assert len(header) == len(row) == len(cells)
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.startswith(FORMULA_STARTS) for cell in row)


def test_numbers_stay_numbers() -> None:
    """Also negative ones; what is unknown is empty."""
    assert csv_text(["a", "b", "c"], [[-5, None, "x"]]) == '"a","b","c"\r\n-5,"","x"\r\n'


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """When a row cannot be made, the file of before stays."""
    path = tmp_path / "a.csv"

    assert write_csv(path, ["n"], ([n] for n in range(3))) == 3
    with pytest.raises(ZeroDivisionError):
        write_csv(path, ["n"], ([1 // n] for n in (1, 0)))

    assert path.read_bytes() == b'"n"\r\n0\r\n1\r\n2\r\n'
