"""Judging one of many who are alike gives what judging each would give, to the letter."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import (
    feedback,
    messages,
)
from programme.campaigns import campaign
from programme.campaigns.campaign import Campaign, CampaignCount
from programme.campaigns.likeness import LikenessRule
from programme.words.states import MessageStatus, Outcome, Reason
from tasks.base.workspace import Workspace
from tasks.campaigns.alike import judging, memory, recent
from tasks.campaigns.alike.briefs import briefs_of
from tasks.campaigns.alike.judging import ALONE, judge_pages
from tasks.campaigns.alike.page import CampaignPage
from tasks.campaigns.alike.rows import brief_of
from tasks.campaigns.steps import plan
from tasks.clients import pages
from tasks.clients.facts.handed_over import Leaving
from tests.conftest import ON_SQLITE
from tests.tasks.campaigns.alike.rarities import ASKED, asked_on, campaign_of, judged_of
from tests.tasks.campaigns.base import DAY, MESSAGE_COLUMNS

pytestmark = pytest.mark.slow


def test_one_for_all_decides_as_each_alone(
    workspace: Workspace, each_alone: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decisions about a base full of rarities are the same, with reason, also, until, segment and tier."""
    campaigns = [campaign_of(workspace, asked) for asked in asked_on(workspace.engine)]
    leaving = Leaving(DAY, "sendgrid")
    monkeypatch.setattr(pages, "RANGE_RECIPIENTS", 50)  # addresses that several share fall on the edges
    alike = [judged_of(workspace, asked, leaving) for asked in campaigns]
    monkeypatch.setattr(recent, "MOST_AT_ONCE", 3)  # so messages are read page by page
    alike.append(judged_of(workspace, campaigns[0], leaving))
    each_alone()
    campaigns.append(campaigns[0])
    assert alike == [judged_of(workspace, asked, leaving) for asked in campaigns]
    reasons = {one.decision.reason for found in alike for one in found if one.decision}
    assert reasons >= {*Reason} - {Reason.SUPERSEDED, Reason.REPEATED}
    assert any(one.has_it for found in alike for one in found)


@pytest.mark.long
def test_a_look_counts_and_shows_what_a_run_decides(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of likenesses, and the people and mails shown, are those of the decisions one by one, in order."""
    monkeypatch.setattr(judging, "COUNTED_RECIPIENTS", 50)
    monkeypatch.setattr(campaign, "SHOWN_PEOPLE", 12)
    for asked in map(partial(campaign_of, workspace), asked_on(workspace.engine)):
        expected = CampaignCount()
        expected.add(judged_of(workspace, asked))
        assert plan(workspace, asked, DAY) == expected
        assert len(expected.getting) <= 12 < expected.recipients


def test_a_run_learns_from_its_look(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody with a likeness is judged again; who has news since gets the decision of that news, nobody else does."""
    asked = campaign_of(workspace, ASKED[0])
    memory.forget()
    plan(workspace, asked, DAY)
    before = {one.decision.client_id: one.decision for one in judged_of(workspace, asked, forget=False) if one.decision}
    sends = sorted(client_id for client_id, decision in before.items() if decision.outcome == Outcome.SEND)
    complained = set(sends[::7])
    with writing(workspace.engine) as connection:
        columns = ["feedback_id", "client_id", "given_on", "kind", "negative", "origin"]
        rows = [[f"N{client_id}", client_id, DAY, "other", True, "import"] for client_id in sorted(complained)]
        insert_rows(connection, feedback, columns, rows)
    read, real = [], judging.read_recipients

    def counted(connection: Any, programme: Any, client_ids: Any, *others: Any, **more: Any) -> Any:
        read.extend(client_ids)
        return real(connection, programme, client_ids, *others, **more)

    monkeypatch.setattr(judging, "read_recipients", counted)
    after = {one.decision.client_id: one.decision for one in judged_of(workspace, asked, forget=False) if one.decision}
    assert {client_id for client_id in before if before[client_id] != after[client_id]} == complained
    assert all(after[client_id].reason == Reason.OPEN_CASE for client_id in complained)
    alone = {client_id for client_id, likeness in _likenesses(workspace, asked) if likeness == ALONE}
    assert len(set(read) - alone) < len(complained) < len(sends)


def test_a_mail_that_goes_during_the_pass_counts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets a direct mail while earlier pages are judged has to wait; also the second time that some go."""
    asked = campaign_of(workspace, ASKED[0])
    sends = {one.decision.recipient for one in judged_of(workspace, asked) if one.decision and not one.decision.reason}
    memory.forget()
    monkeypatch.setattr(pages, "RANGE_RECIPIENTS", 50)
    monkeypatch.setattr(CampaignPage, "made", 0)  # these pages are not stored
    judged = judge_pages(workspace, asked, DAY)
    mailed: set[str] = set()
    for share in (2, 1):
        for _ in range(3):
            sends -= {one.decision.recipient for one in next(judged).judged if one.decision}
        some = sorted(sends - mailed)[::share]
        _mail_directly(workspace.engine, "xyz"[share], some)
        mailed.update(some)
    late = [each.decision for page in judged for each in page.judged if each.decision]
    waiting = {one.recipient for one in late if {one.reason, *one.also} & {Reason.OUTRANKED, Reason.FREQUENCY_CAP}}
    assert len(sends) > 10
    assert sends <= waiting


def _mail_directly(engine: Engine, prefix: str, addresses: list[str]) -> None:
    rows = [
        [f"{number:031x}{prefix}", f"{prefix}{number}", to, "anniversary", f"{number}", "direct", "marketing"]
        for number, to in enumerate(addresses)
    ]
    with writing(engine) as connection:
        insert_rows(
            connection, messages, MESSAGE_COLUMNS, [[*row, DAY, DAY, DAY, MessageStatus.ACCEPTED, 1] for row in rows]
        )


def _likenesses(workspace: Workspace, asked: Campaign) -> list[tuple[str, int]]:
    rule, engine = LikenessRule(workspace.programme, asked, DAY), workspace.engine
    with reading(engine) as connection:
        briefs = briefs_of(connection, rule, None, False)
        found = [briefs.read(connection, page) for page in pages.read_ranges(engine)]
    rows = [facts.rows[place] for facts in found for places in facts.plain.values() for place in places]
    plain = [(row[0], rule.of(brief_of(row))) for row in rows]
    others = [other for facts in found for other in facts.others]
    return plain + [(other.client_id, rule.of(other.brief) if other.brief else ALONE) for other in others]


def test_the_quick_reading_finds_the_likeness_of_all_facts(workspace: Workspace) -> None:
    """So of each likeness one is judged; where the two differed, everybody would be, one by one."""
    asked = campaign_of(workspace, ASKED[0])
    memory.forget()
    plan(workspace, asked, DAY)
    known = memory._latest[0].known
    kinds = {likeness for _, likeness in _likenesses(workspace, asked)} - {ALONE}
    assert len(known) == len(kinds)


@ON_SQLITE
def test_news_about_the_one_is_not_taken_for_all(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gets a complaint after the pass began is judged alone; those alike are not held for it."""
    asked = campaign_of(workspace, ASKED[0])
    sends = {
        one.decision.client_id
        for one in judged_of(workspace, asked)
        if one.decision and one.decision.outcome == Outcome.SEND
    }

    def with_news(*arguments: Any) -> Any:
        found = real(*arguments)
        with writing(workspace.engine) as connection:
            columns = ["feedback_id", "client_id", "given_on", "kind", "negative", "origin"]
            rows = [[f"N{client_id}", client_id, DAY, "other", True, "import"] for client_id in sorted(sends)[::3]]
            insert_rows(connection, feedback, columns, rows)
        return found

    real = judging.briefs_of
    monkeypatch.setattr(judging, "briefs_of", with_news)
    after = {one.decision.client_id: one.decision for one in judged_of(workspace, asked) if one.decision}
    complained = set(sorted(sends)[::3])
    assert all(after[client_id].outcome == Outcome.SEND for client_id in sends - complained)
    assert any(after[client_id].reason == Reason.OPEN_CASE for client_id in complained)
