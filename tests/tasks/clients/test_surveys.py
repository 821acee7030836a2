"""Who may get a survey: in one pass the same as by the rules one by one, and as a survey's own run decides."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from models.database.engine import reading, writing
from models.tables import clients, consent_history, earlier_recipients, messages, suppressions
from programme.campaigns.campaign import survey_order
from programme.rules.decide import Candidate, reason_against
from programme.rules.due import Occasion
from programme.rules.recipient_day import RecipientDay
from programme.words.states import MessageStatus, Outcome
from tasks.base.workspace import Workspace
from tasks.campaigns import steps as campaign_steps
from tasks.clients.facts.audience import read_recipients
from tasks.clients.surveys import Surveyed, read_surveyed
from tests.tasks.campaigns.base import DAY, campaign, send, workspace_of

SURVEY = {"name": "Enquête maart", "template": "survey_nps", "subject": "", "intro": ""}


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    """A base with opted-out, moved, unwilling, erased, deceased and recently asked clients."""
    made = workspace_of(engine, tmp_path, clients=150)
    with writing(engine) as connection:
        rows = connection.execute(
            select(clients.c.client_id, clients.c.recipient)
            .where(clients.c.recipient != "")
            .order_by(clients.c.client_id)
        ).all()
        addresses = list(dict.fromkeys(row.recipient for row in rows))
        for number, address in enumerate(addresses):
            _vary(connection, number, address)
        connection.execute(update(clients).where(clients.c.client_id == rows[-1].client_id).values(name="J. †"))
        gone = update(clients).where(clients.c.client_id == rows[-2].client_id)
        connection.execute(gone.values(erased_on=DAY, recipient="", email=None))
    return made


def _vary(connection: Any, number: int, address: str) -> None:
    client_id = connection.execute(select(clients.c.client_id).where(clients.c.recipient == address)).scalars().first()
    moments = {"changed_at": datetime(2026, 2, 1, number % 24, tzinfo=UTC), "source": "page"}
    if number % 11 == 1:
        since = DAY + timedelta(days=number % 3 - 1)
        connection.execute(insert(suppressions).values(email=f"oud.{address}", reason="unsubscribe", since=since))
        connection.execute(insert(earlier_recipients).values(client_id=client_id, recipient=f"oud.{address}"))
    if number % 7 == 2:
        value = "off" if number % 2 else "on"
        chosen = {"change": "chosen", "subject": "topic:research", "value": value, "since": date(2026, 2, 1)}
        connection.execute(insert(consent_history).values(recipient=address, **chosen, **moments))
    if number % 3 == 0:
        touchpoint = ("check_in", "survey_ces", "seasonal", "review_reminder")[number % 4]
        status = list(MessageStatus)[number % len(MessageStatus)]
        day = DAY - timedelta(days=(0, 59, 60, 12)[number % 4])
        row = {"message_id": f"{number:032x}", "client_id": client_id, "recipient": address, "touchpoint": touchpoint}
        row |= {"occasion": "eerder", "flow": "daily", "purpose": "service", "as_of": day, "due_on": day}
        connection.execute(insert(messages).values(**row, closes_on=day, status=status.value, attempts=0))


def judged_singly(workspace: Workspace) -> list[Surveyed]:
    """By the rules of the kind, recipient by recipient."""
    kind, programme = workspace.programme.kinds["survey_nps"], workspace.programme
    with reading(workspace.engine) as connection:
        ids = list(connection.scalars(select(clients.c.client_id).where(clients.c.held_on.is_(None))))
        found = read_recipients(connection, programme, ids, DAY)
    rows = []
    for recipient in found:
        day = RecipientDay(programme, recipient, DAY)
        due = Occasion("x", DAY, DAY, DAY, None, None)
        standing = [client for client in recipient.clients if not client.is_erased]
        living = [client for client in standing if "†" not in client.name] or standing
        if living:
            client = min(living, key=lambda each: survey_order(programme, each, DAY))
            reason = reason_against(day, Candidate(client, kind, due))
            rows.append(Surveyed(recipient.address, client.client_id, reason))
    return rows


def test_one_pass_says_what_the_rules_say(workspace: Workspace) -> None:
    """Every recipient once, the same record and the same first reason; each reason occurs."""
    found = list(read_surveyed(workspace.engine, workspace.programme, DAY))
    assert sorted(found) == sorted(judged_singly(workspace))
    assert {each.reason for each in found} == {
        None, "no_address", "suppressed", "not_wanted", "no_delivery", "open_case", "survey_budget",
    }  # fmt: skip
    addresses = [each.recipient for each in found if each.recipient]
    assert len(addresses) == len(set(addresses))


@pytest.mark.slow
def test_a_survey_goes_once_to_everybody_who_may_get_it_and_then_to_nobody(workspace: Workspace) -> None:
    """Started like a campaign: whatever else they got lately, and whatever they said of marketing."""
    may = {each.recipient for each in read_surveyed(workspace.engine, workspace.programme, DAY) if each.reason is None}
    asked = campaign(**SURVEY)
    count = campaign_steps.plan(workspace, asked, DAY)
    assert count.to_send == len(may)
    assert not count.outcomes.keys() & {(Outcome.DEFER, "frequency_cap"), (Outcome.SKIP, "no_consent")}
    send(workspace, asked)
    with reading(workspace.engine) as connection:
        sent = connection.execute(
            select(messages.c.recipient, messages.c.purpose, messages.c.subject).where(
                messages.c.touchpoint == "survey_nps", messages.c.status == MessageStatus.ACCEPTED
            )
        ).all()
    assert sorted(row.recipient for row in sent) == sorted(may)
    assert {(row.purpose, row.subject) for row in sent} == {("service", "Eén vraag: zou u ons aanbevelen?")}
    again = campaign(**(SURVEY | {"name": "Enquête april", "template": "survey_loyalty"}))
    too_soon, in_time = (campaign_steps.plan(workspace, again, DAY + timedelta(days=days)) for days in (59, 60))
    assert not may & {decision.recipient for decision in too_soon.getting}
    assert may & {decision.recipient for decision in in_time.getting}
