"""A part of a plan: decisions one by one, and one about many who are alike."""

from datetime import date

import pytest

from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.runs.chunks import DecidedAlike, PlanChunk

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
