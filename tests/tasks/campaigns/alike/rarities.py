"""A base in which every fact that a rule looks at occurs, and what the tests of those alike ask of it."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, update

from models.consent import Chosen, Proof, choose
from models.database.bulk import insert_rows
from models.tables import (
    clients,
    earlier_recipients,
    messages,
    projects,
    suppressions,
)
from programme.campaigns.campaign import Campaign, Judged
from programme.campaigns.form.order import read_order
from programme.words.states import MessageStatus
from tasks.base.workspace import Workspace
from tasks.campaigns.alike import memory
from tasks.campaigns.alike.judging import judge_pages
from tasks.clients.facts.handed_over import Leaving
from tests import factories as make
from tests.tasks.campaigns.base import DAY, MESSAGE_COLUMNS, form

EXPERIMENT = {"touchpoint": "newsletter", "first_on": DAY, "last_on": DAY, "holdout_share": 0.2}
ASKED: tuple[dict[str, Any], ...] = (
    {"offer": "LOYAL15"},
    {"audience": {"none_of": {"tiers": ["Platinum"]}}},
    {"audience": {"all_of": {"segments": ["Verbouwer"]}}},
    {"audience": {"none_of": {"areas": "89", "monument": True}}},
    {"audience": {"any_of": {"bought": ["Dakkapel"], "last_types": ["Uitbouw"], "tiers": ["Platinum"]}}},
    {"audience": {"all_of": {"areas": "89", "bought": ["Dakkapel", "Uitbouw"]}}},
    {"template": "Uitnodiging bijeenkomst", "event_on": "2026-04-01", "event_time": "19.30", "place": "Ons kantoor"},
    {"template": "Enquête: zou u ons aanbevelen?", "subject": "", "intro": ""},
)


def asked_on(engine: Engine) -> tuple[dict[str, Any], ...]:
    """All on SQLite; on PostgreSQL those whose statements differ: an offer, all that an audience can ask, a survey."""
    return ASKED if engine.dialect.name == "sqlite" else (ASKED[0], ASKED[4], ASKED[5], ASKED[7])


OTHER_ADDRESS = "ander@voorbeeld.nl"
_KINDS = (
    ("anniversary", "daily", "marketing"),
    ("check_in", "daily", "service"),
    ("newsletter", "campaign", "marketing"),
    ("survey_nps", "campaign", "service"),
    ("case_ack", "care", "service"),
    ("weg", "daily", "marketing"),
)
_HOSTILE_NAMES = (
    '<b>Jan</b> "Bos" & Zn',
    '{"greeting": "Beste U,"}, \\ \\u0000',
    "{{ name }} {% raw %} %(name)s $name",
    '=HYPERLINK("x")',
    "\u202e\u05d3\u05d5\u05d3",
    "😀 Piet",
    "De heer en mevrouw d’Hondt",
    "A" * 300,
    "O'Brien; DROP TABLE clients;--",
)
_STATUSES = (MessageStatus.ACCEPTED, MessageStatus.ACCEPTED, MessageStatus.PLANNED, MessageStatus.REJECTED)


def with_terms(workspace: Workspace) -> Workspace:
    """With a programme whose newsletter waits for projects, has a repeat and an experiment."""
    changes = {"campaigns.newsletter.pause": True, "campaigns.newsletter.repeat_days": 40}
    return workspace._replace(programme=make.programme(experiments={"lente": EXPERIMENT}, **changes))


def add_rarities(connection: Any) -> None:
    pick = random.Random(7)
    found = connection.execute(select(clients.c.client_id, clients.c.recipient).order_by(clients.c.client_id)).all()
    engineers = (None, "ir. S. Wiersma", "Anke Wiersma")
    for number, (project_id,) in enumerate(connection.execute(select(projects.c.project_id)).all()):
        values: dict[str, Any] = {"engineer": engineers[number % 3], "monument": number % 5 == 0}
        if number % 11 == 0:
            values["value_cents"] = 1_200_000
        connection.execute(update(projects).where(projects.c.project_id == project_id).values(values))
    for client_id, address in found:
        dice = pick.random()
        if dice < 0.02:
            connection.execute(
                update(clients).where(clients.c.client_id == client_id).values(name="A. Bos (overleden)")
            )
        elif dice < 0.04:
            connection.execute(update(clients).where(clients.c.client_id == client_id).values(erased_on=DAY))
        elif dice < 0.07:
            old = f"oud-{client_id}@voorbeeld.nl".lower()
            connection.execute(insert(earlier_recipients).values(client_id=client_id, recipient=old))
            connection.execute(insert(suppressions).values(email=old, reason="unsubscribe", since=DAY))
        elif dice < 0.12 and address:
            choice = pick.choice(
                [Chosen("topic:ideas", "off", ""), Chosen("pause", "3", ""), Chosen("less_often", "on", "")]
            )
            at = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) - timedelta(days=5)
            choose(connection, address, [choice], Proof("preferences", at))
        elif dice < 0.2:
            connection.execute(
                update(clients).where(clients.c.client_id == client_id).values(name="Bouwbedrijf Bos B.V.")
            )
        elif dice < 0.4:
            name = pick.choice(_HOSTILE_NAMES)
            connection.execute(update(clients).where(clients.c.client_id == client_id).values(name=name))
    rows = []
    for number, (client_id, address) in enumerate(found):
        if pick.random() < 0.5 and address:
            kind, flow, purpose = pick.choice(_KINDS)
            day = DAY - timedelta(days=pick.choice([-2, 0, 1, 2, 3, 6, 7, 8, 35, 45, 59, 61]))
            occasion = "lentebrief-2026" if pick.random() < 0.2 and day >= DAY else f"o{number}"
            to = address if pick.random() < 0.9 else OTHER_ADDRESS
            told = (f"{number:032x}", client_id, to, kind, occasion, flow, purpose, day, day, day)
            rows.append([*told, pick.choice(_STATUSES), 1])
        if number % 9 == 0:
            other = (
                f"{number:031x}x",
                client_id,
                OTHER_ADDRESS,
                "newsletter",
                "lentebrief-2026",
                "campaign",
                "marketing",
            )
            rows.append([*other, DAY, DAY, DAY, MessageStatus.REJECTED, 1])
    insert_rows(connection, messages, MESSAGE_COLUMNS, rows, ignore_existing=True)


def campaign_of(workspace: Workspace, asked: dict[str, Any]) -> Campaign:
    words = dict(asked)
    order = read_order(workspace.programme, form(words.pop("audience", None), **words), DAY)
    assert order.campaign is not None, order.faults
    return order.campaign


def judged_of(
    workspace: Workspace, asked: Campaign, leaving: Leaving | None = None, forget: bool = True
) -> list[Judged]:
    """The results of a pass in one order; it knows nothing of earlier ones unless it is told not to forget them."""
    if forget:
        memory.forget()
    found = [each for page in judge_pages(workspace, asked, DAY, leaving) for each in page.judged]
    return sorted(found, key=lambda each: each.decision[2:4][::-1] if each.decision else ("", ""))
