"""Rows that are sorted part by part: the same as sorted at once, whatever was on disk in between."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.base import sorted_rows
from tasks.base.sorted_rows import SortedRows

ROWS = st.tuples(st.text(max_size=3), st.text(max_size=2))


@given(st.lists(st.lists(ROWS, max_size=30), max_size=8))
def test_parts_come_back_as_one_sorted_list(added: list[list[tuple[str, str]]]) -> None:
    """In code point order, each row once, also when most of them lay on disk."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sorted_rows, "ROWS_OF_A_PART", 20)
        patched.setattr(sorted_rows, "ROWS_READ_AT_ONCE", 7)
        rows: SortedRows[tuple[str, str]] = SortedRows()
        for some in added:
            rows.add(some)
        assert list(rows) == sorted({row for some in added for row in some})


def test_a_reader_that_stops_spoils_nothing_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stopped plan left unread comes to the reader after it."""
    monkeypatch.setattr(sorted_rows, "ROWS_OF_A_PART", 10)
    monkeypatch.setattr(sorted_rows, "ROWS_READ_AT_ONCE", 3)
    rows: SortedRows[tuple[str]] = SortedRows()
    rows.add((f"{number:02}",) for number in range(10, 0, -1))
    rows.add((f"{number:02}",) for number in range(5, 25))

    assert list(islice(rows, 4)) == [("01",), ("02",), ("03",), ("04",)]
    assert [row for (row,) in rows] == [f"{number:02}" for number in range(1, 25)]
