"""Many values as one parameter: each of them is found, none is read as anything but itself, on both databases."""

from datetime import date

from sqlalchemy import Engine, select

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.database.given import in_given, in_values, not_in_given
from models.tables import activity, suppressions

WORDS = ["tab\there", "line\nbreak", "back\\slash", "\\N", "\\.", "quote'\"", "Zoë 😀", "{a,b}", " spaces "]
WORDS += ["NULL", "null", 'a"b', 'a\\"', ",", "{", "'"]
REASON = suppressions.c.reason

# Made once for both databases, as the statements of the product are.
ASKED = select(REASON).where(in_given(REASON, "words"))
OTHERS = select(REASON).where(not_in_given(REASON, "words"))


def _keep_words(engine: Engine) -> None:
    rows = [[f"{number}@example.nl", word, date(2026, 3, 1)] for number, word in enumerate(WORDS)]
    with writing(engine) as connection:
        insert_rows(connection, suppressions, ["email", "reason", "since"], rows)


def test_each_word_that_is_asked_is_found(engine: Engine) -> None:
    """No character of a word means anything; an asked NULL finds nothing, and of no words all are others."""
    _keep_words(engine)
    asked = WORDS[1::2]

    with reading(engine) as connection:
        found = connection.scalars(select(REASON).where(in_values(REASON, [*asked, None]))).all()
        denied = connection.scalars(select(REASON).where(~in_values(REASON, asked))).all()
        none = connection.scalars(select(REASON).where(in_values(REASON, []))).all()
        every = connection.scalars(select(REASON).where(~in_values(REASON, iter(())))).all()

    assert (set(found), set(denied)) == (set(asked), set(WORDS[::2]))
    assert (none, set(every)) == ([], set(WORDS))


def test_a_statement_made_once_takes_other_words_each_time(engine: Engine) -> None:
    """What one run asked has no part in the next."""
    _keep_words(engine)

    with reading(engine) as connection:
        for words in (WORDS[:3], WORDS[3:], []):
            found = set(connection.scalars(ASKED, {"words": words}))
            others = set(connection.scalars(OTHERS, {"words": words}))
            assert (found, others) == (set(words), set(WORDS) - set(words))


def test_each_number_that_is_asked_is_found(engine: Engine) -> None:
    """Numbers as large as the column takes are found among others."""
    numbers = [0, 1, -1, 2**31, 2**63 - 1]
    columns = ["id", "client_id", "kind", "source_id", "occurred_on"]
    rows = [[number, "C1", "k", str(number), date(2026, 3, 1)] for number in [*numbers, 7]]
    with writing(engine) as connection:
        insert_rows(connection, activity, columns, rows)

    with reading(engine) as connection:
        found = connection.scalars(select(activity.c.id).where(in_values(activity.c.id, numbers))).all()
        others = connection.scalars(select(activity.c.id).where(~in_values(activity.c.id, numbers))).all()

    assert (sorted(found), others) == (sorted(numbers), [7])
