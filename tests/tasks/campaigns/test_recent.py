"""The messages of the last days that a campaign's pass holds in memory: its own do not count, news of others does."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, update

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import message_states, messages
from programme.words.states import MessageStatus
from tasks.campaigns.alike import recent
from tasks.campaigns.alike.recent import RecentMessages
from tasks.clients.pages import Page
from tests.tasks.campaigns.base import DAY, MESSAGE_COLUMNS, campaign

EVERYBODY = Page(True, "", None)
OWN = ("newsletter", campaign().name)
OTHER = ("anniversary", "1")


def mail(engine: Engine, to: Sequence[str], kind: tuple[str, str] = OTHER, day: date = DAY) -> None:
    """A planned message of a kind and occasion to each of these letters."""
    rows = [
        [f"{kind[1]}{who}", who, f"{who}@x.nl", *kind, "daily", "marketing", day, day, day, MessageStatus.PLANNED, 0]
        for who in to
    ]
    with writing(engine) as connection:
        insert_rows(connection, messages, MESSAGE_COLUMNS, rows)


class Pass:
    """The pages of a pass, whose run makes messages in between."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.recent = engine, RecentMessages(DAY - timedelta(days=6), campaign())

    def seen(self, made: int = 0) -> dict[str, list[str]]:
        """The statuses that the next page sees, by the part before the @."""
        with reading(self.engine) as connection:
            found = self.recent.to(connection, EVERYBODY, made)
            return {address.split("@")[0]: [str(each.status) for each in those] for address, those in found.items()}


@pytest.fixture
def begun(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Pass:
    """After its first page: A has a message of these days, B an old one, C one of an earlier start of the campaign."""
    monkeypatch.setattr(recent, "PAGES_AT_ONCE", 3)
    mail(engine, "A")
    mail(engine, "B", day=DAY - timedelta(days=7))
    mail(engine, "C", OWN)
    begun = Pass(engine)
    assert begun.seen() == {"A": ["planned"], "C": ["planned"]}
    return begun


def test_its_own_messages_do_not_count(begun: Pass) -> None:
    """Neither before nor after all are read again."""
    for who in ("DE", "F", "G", "H"):
        mail(begun.engine, who, OWN)
        assert begun.seen(made=len(who)) == {"A": ["planned"], "C": ["planned"]}


def test_what_was_rejected_meanwhile_is_seen_after_some_pages(begun: Pass) -> None:
    """The statuses are read again, and once more after as many pages."""
    for status in ("rejected", "cancelled"):
        with writing(begun.engine) as connection:
            connection.execute(update(message_states).values(status=status))
        later = [begun.seen()["A"] for _ in range(3)]
        assert later[-1] == [status]


@pytest.mark.parametrize("pages", range(1, 5))
def test_the_news_of_others_is_seen_at_once(begun: Pass, pages: int) -> None:
    """On whichever page it comes in, also beside messages of the run, and it stays."""
    for page in range(pages):
        mail(begun.engine, str(page), OWN)
        begun.seen(made=1)
    mail(begun.engine, "X")
    mail(begun.engine, "F", OWN)
    for made in (1, 0, 0, 0):
        # An older one may be read with what is new; the rules look at its day.
        assert begun.seen(made).keys() - {"B"} == {"A", "C", "X"}
