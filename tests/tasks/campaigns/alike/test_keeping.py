"""What is kept of those alike, decisions, messages and codes, is what each alone would have kept."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text

from models.database.engine import reading, writing
from models.tables import (
    decisions,
    discount_codes,
    messages,
    runs,
)
from programme.campaigns.campaign import Campaign
from programme.words.states import Outcome, RunMode
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.judging import judge_pages
from tasks.campaigns.alike.mails import chunk_of
from tasks.campaigns.steps import plan
from tasks.mail.renderers import renderer_of
from tasks.runs.deciding.chunks import PlanChunk
from tasks.runs.deciding.queueing import enqueue
from tests.tasks.campaigns.alike.rarities import ASKED, asked_on, campaign_of
from tests.tasks.campaigns.base import DAY, decided

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_one_for_all_keeps_what_each_alone_keeps(workspace: Workspace, each_alone: Callable[[], None]) -> None:
    """The rows of decisions, messages and given codes are the same."""
    campaigns = [campaign_of(workspace, asked) for asked in asked_on(workspace.engine) if asked not in ASKED[1:3]]
    kept = [_kept(workspace, asked) for asked in campaigns]
    each_alone()
    assert kept == [_kept(workspace, asked) for asked in campaigns]
    assert len(kept[0][1]) > 20


def _kept(workspace: Workspace, asked: Campaign) -> tuple[list[Any], list[Any], list[Any]]:
    """What a run of the campaign writes; it is deleted again."""
    engine = workspace.engine
    with reading(engine) as connection:
        last = connection.scalar(select(func.max(messages.c.id)))
    decided(workspace, asked)
    own = {"id", "run_id", "discount_id"}
    with writing(engine) as connection:

        def take(table: Any, *conditions: Any) -> list[Any]:
            columns = [column for column in table.c if column.name not in own]
            rows = connection.execute(select(*columns).where(*conditions).order_by(table.c.client_id)).all()
            connection.execute(delete(table).where(*conditions))
            return [tuple(row) for row in rows]

        given = select(messages.c.message_id, *discount_codes.c["code", "percent", "given_on", "valid_until"])
        given = given.join_from(messages, discount_codes, discount_codes.c.id == messages.c.discount_id)
        codes = [tuple(row) for row in connection.execute(given.order_by(messages.c.message_id))]
        found = take(decisions), take(messages, messages.c.id > last), codes
        connection.execute(delete(runs))
    return found


def test_a_page_that_is_stored_again_keeps_what_it_kept(workspace: Workspace) -> None:
    """Of those alike, too: on another day their messages are taken, so each decision to send is a row of its own."""
    asked, engine = campaign_of(workspace, ASKED[0]), workspace.engine
    renderer, key = renderer_of(workspace, asked.kind), workspace.settings.key()
    plan(workspace, asked, DAY)  # so hardly anybody is judged alone
    pages = list(judge_pages(workspace, asked, DAY, composes=True))
    chunks = [chunk for page in pages if (chunk := chunk_of(page, DAY)).alike]
    for chunk in chunks:
        enqueue(engine, renderer, key, chunk, "run", RunMode.SEND)
        enqueue(engine, renderer, key, chunk, "again", RunMode.SEND)
    later = [each._replace(decision=each.decision._replace(as_of=DAY + timedelta(days=1))) for each in chunk.alike]
    enqueue(engine, renderer, key, PlanChunk([], {}, later, reading=chunk.reading), "later", RunMode.SEND)
    with reading(engine) as connection:
        found = connection.execute(select(decisions.c.run_id, decisions.c.outcome, func.count()).group_by(text("1, 2")))
        kept = {(run_id, outcome): number for run_id, outcome, number in found if run_id}
    given = Counter(one.outcome for each in chunks for one in each.every())
    again = Counter(one.outcome for alike in later for one in alike.decisions())
    assert kept == {("run", each): given[each] for each in given} | {("later", each): again[each] for each in again}
    assert again[Outcome.SEND] > 20
