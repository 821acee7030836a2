"""What the desk asks while a campaign is written: saved audiences, copies, and how many people it reaches."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from programme.words.states import HandFlow, RunMode
from tasks.campaigns import register
from tasks.campaigns.composing.copying import read_copy
from tasks.campaigns.composing.reach import CountedSoFar, count_reach, reach_digest
from tasks.campaigns.composing.saved_audiences import (
    NameRefused,
    delete_audience,
    find_audience,
    list_audiences,
    rename_audience,
    save_audience,
)
from tasks.campaigns.steps import plan
from tasks.runs.register import begin_run
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.campaigns.base import DAY, campaign, workspace_of

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
ANKE = "Anke Wiersma"
LEEUWARDEN = {"all_of": {"areas": "8900-8999"}}


def _noted(connection: Connection, audience_id: str) -> None:
    pass


def test_an_audience_is_saved_once_under_a_name(engine: Engine) -> None:
    """Capitals and spaces make no other name; renaming keeps it, and what is deleted is gone."""
    first = save_audience(engine, "Leeuwarden", LEEUWARDEN, ANKE, AT, _noted)
    second = save_audience(engine, " Stille  klanten", {}, ANKE, AT, _noted)

    with pytest.raises(NameRefused, match="Er is al een doelgroep"):
        save_audience(engine, "LEEUWARDEN ", {}, ANKE, AT, _noted)
    with pytest.raises(NameRefused, match="Er is al een doelgroep"):
        rename_audience(engine, second, "leeuwarden", AT, _noted)
    with pytest.raises(NameRefused, match="Geef"):
        rename_audience(engine, second, " \u200b ", AT, _noted)
    assert rename_audience(engine, first, "leeuwarden", AT, _noted)
    assert [(each.name, each.audience) for each in list_audiences(engine)] == [
        ("leeuwarden", LEEUWARDEN),
        ("Stille klanten", {}),
    ]
    assert delete_audience(engine, first, _noted)
    assert not delete_audience(engine, first, _noted)
    assert not rename_audience(engine, first, "weg", AT, _noted)
    assert find_audience(engine, first) is None


@ON_SQLITE
def test_the_count_is_that_of_the_campaign_and_can_be_stopped(engine: Engine, tmp_path: Path) -> None:
    """Who watches sees the numbers grow to those of the plan, and ends the counting by raising."""
    workspace = workspace_of(engine, tmp_path)
    asked, told = campaign(), list[CountedSoFar]()

    count = count_reach(workspace, asked, DAY, told.append)

    assert count == plan(workspace, asked, DAY)
    assert (told[-1].to_send, told[-1].recipients) == (count.to_send, count.recipients)
    with pytest.raises(TimeoutError):
        count_reach(workspace, asked, DAY, lambda _: (_ for _ in ()).throw(TimeoutError()))


@ON_SQLITE
def test_another_audience_has_another_digest(engine: Engine, tmp_path: Path) -> None:
    """So a number never stands beside another audience, nor one of before a run; words do not matter."""
    workspace = workspace_of(engine, tmp_path, clients=3)
    seen = {
        reach_digest(workspace, each, DAY)
        for each in (
            campaign(),
            campaign({"all_of": {"segments": ["Verbouwer"]}}),
            campaign({"all_of": {"segments": ["Verbouwer"], "areas": "8900-8999"}}),
            campaign({"any_of": {"segments": ["Verbouwer"], "areas": "8900-8999"}}),
            campaign(template="Enquête: makkelijk of lastig?", subject="", intro=""),
        )
    }
    plain = reach_digest(workspace, campaign(), DAY)

    assert len(seen) == 5
    assert reach_digest(workspace, campaign(name="Iets anders", subject="Ander nieuws"), DAY) == plain
    register.register(workspace.engine, campaign(), None)
    named = reach_digest(workspace, campaign(), DAY)
    begin_run(workspace.engine, HandFlow.CAMPAIGN, DAY, RunMode.SEND, None)
    assert len({plain, named, reach_digest(workspace, campaign(), DAY)}) == 3


def test_a_campaign_can_be_copied_from_the_table(engine: Engine) -> None:
    """The form of a started campaign, without its name; there is none of a name that nobody used."""
    register.register(engine, campaign({"all_of": {"areas": "8921"}}, body="Tekst"), None)

    assert read_copy(engine, make.shipped_programme(), "lentebrief-2026") == {
        "message": {"template": "Nieuwsbrief", "subject": "Nieuws", "intro": "Hallo.", "body": "Tekst"},
        "audience": {"all_of": {"areas": "8921"}},
        "sending": {},
    }
    assert read_copy(engine, make.shipped_programme(), "onbekend") is None
