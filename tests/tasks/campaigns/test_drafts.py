"""Drafts of campaigns: nothing that somebody wrote is lost, and nobody overwrites what was not seen."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from tasks.campaigns.drafts import DraftChanged, begin_draft, delete_draft, list_drafts, read_draft, save_draft
from tests.tasks.campaigns.base import form

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
ANKE, BAS = "Anke Wiersma", "Bas Hoekstra"


def test_a_draft_comes_back_as_it_was_written(engine: Engine) -> None:
    """The three groups, the name, who and when, on both databases; other groups are no part of a draft."""
    written = form({"all_of": {"areas": "8921", "segments": ["Verbouwer"]}}, {"day": "2026-03-09"}) | {"dry_run": False}
    draft = begin_draft(engine, written, ANKE, AT)

    assert draft == read_draft(engine, draft.draft_id)
    assert draft.form == {key: written[key] for key in ("message", "audience", "sending")}
    assert (draft.name, draft.written_by, draft.created_at, draft.version) == ("Lentebrief 2026", ANKE, AT, 1)


def test_who_saves_an_old_version_overwrites_nothing(engine: Engine) -> None:
    """The newest comes back to choose from; saving the same twice, or what somebody else also saved, is no conflict."""
    draft = begin_draft(engine, form(), ANKE, AT)
    saved = save_draft(engine, draft.draft_id, 1, form(subject="Van Bas"), BAS, LATER)

    with pytest.raises(DraftChanged) as found:
        save_draft(engine, draft.draft_id, 1, form(subject="Van Anke"), ANKE, LATER)

    assert found.value.newest == saved == read_draft(engine, draft.draft_id)
    assert (saved.version, saved.changed_by, saved.written_by) == (2, BAS, ANKE)
    assert save_draft(engine, draft.draft_id, 1, form(subject="Van Bas"), ANKE, LATER) == saved
    assert save_draft(engine, draft.draft_id, 2, form(subject="Van Bas"), ANKE, LATER) == saved


def test_a_draft_that_was_taken_away_is_told(engine: Engine) -> None:
    """Only the version that was seen is taken away; who saves it after that hears that it is gone."""
    draft = begin_draft(engine, form(), ANKE, AT)
    save_draft(engine, draft.draft_id, 1, form(subject="Nieuwer"), BAS, LATER)

    assert not delete_draft(engine, draft.draft_id, 1)
    assert delete_draft(engine, draft.draft_id, 2)
    with pytest.raises(DraftChanged) as found:
        save_draft(engine, draft.draft_id, 2, form(subject="Te laat"), ANKE, LATER)
    assert found.value.newest is None


def test_the_latest_drafts_come_first(engine: Engine) -> None:
    """By the moment of the last save, a page at a time."""
    old, new = begin_draft(engine, form(), ANKE, AT), begin_draft(engine, form(), BAS, LATER)

    assert [each.draft_id for each in list_drafts(engine, 0, 10)] == [new.draft_id, old.draft_id]
    assert [each.draft_id for each in list_drafts(engine, 1, 10)] == [old.draft_id]
