"""The loyalty index: would clients recommend us, buy again, spend more; by their answers to the survey of that name."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, select

from models.tables import answers, messages
from programme.figures.families.rates import quotient
from programme.figures.families.value import Mean
from programme.inbound.answers import Question
from tasks.figures.counting import people, year_before

SURVEY = "survey_loyalty"  # the kind of its mail
# Each answered from 0 to 10; an answer with fewer is not complete.
QUESTIONS = (Question.LOYALTY_RECOMMEND, Question.LOYALTY_AGAIN, Question.LOYALTY_MORE)


def read_loyalty(connection: Connection, as_of: date) -> Mean:
    """The mean over the latest complete answer of each client in the 12 months to the day."""
    given = answers.c
    query = (
        select(people.c.person, given.message_id, given.question, given.score, given.answered_on, given.id)
        .join_from(answers, messages, messages.c.message_id == given.message_id)
        .join(people, people.c.client_id == messages.c.client_id)
        .where(messages.c.touchpoint == SURVEY, given.score.is_not(None), given.question.in_(QUESTIONS))
        .where(given.answered_on > year_before(as_of), given.answered_on <= as_of)
        .order_by(given.id)
    )
    scores: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    latest: dict[int, tuple[date, int, str]] = {}
    for row in connection.execute(query):
        own = scores[row.person, row.message_id]
        own[row.question] = row.score
        if len(own) == len(QUESTIONS):
            latest[row.person] = max(
                latest.get(row.person, (date.min, 0, "")), (row.answered_on, row.id, row.message_id)
            )
    means = [sum(scores[person, each[2]].values()) / len(QUESTIONS) for person, each in latest.items()]
    return Mean(len(means), quotient(sum(means), len(means)))
