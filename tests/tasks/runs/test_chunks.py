"""A part of a plan: decisions one by one, and one about many who are alike."""

from datetime import date

import pytest
from sqlalchemy import create_engine

from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.runs.deciding.chunks import DecidedAlike, PlanChunk
from tasks.runs.deciding.composing import compose

DAY = date(2026, 3, 2)
DECISION = Decision(
    DAY, "campaign", "A", "a@b.nl", "newsletter", "lente", DAY, DAY, Outcome.SEND, None, "nieuw", None, 1, None, None
)


@pytest.mark.parametrize("columns", [{"message_id": ["a", "b", "c"]}, None])
def test_without_some_the_others_keep_their_mails(columns: dict[str, list[str]] | None) -> None:
    """Whoever another run has written to leaves, with his mail; each of the others keeps his own."""
    rows = [["A"], ["B"], ["C"]]
    own = {"client_id": ["A", "B", "C"], "recipient": ["1", "2", "3"]}
    alike = DecidedAlike(DECISION, own, columns, rows=[] if columns else rows)
    chunk = PlanChunk([DECISION], {}, [alike]).without({"2", "a@b.nl"})
    assert [one[2:4] for one in chunk.every()] == [("A", "1"), ("C", "3")]
    assert [one[4:] for one in chunk.every()] == [DECISION[4:]] * 2
    assert chunk.alike[0].mails == (columns and {"message_id": ["a", "c"]})
    assert chunk.alike[0].rows == ([] if columns else [["A"], ["C"]])
    assert chunk.number == 2
    assert chunk.without({"1", "3"}).alike == []


def test_rows_say_how_they_are_read() -> None:
    """Rows of a campaign taken for those of a day would mail people by the wrong columns; who forgets it is told."""
    chunk = PlanChunk([], {}, [DecidedAlike(DECISION, {"client_id": ["A"], "recipient": ["1"]}, None, rows=[["A"]])])
    with pytest.raises(ValueError, match="without their reading"):
        compose(create_engine("sqlite://"), None, b"", chunk)  # type: ignore[arg-type]  # no mail is made
