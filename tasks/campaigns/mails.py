"""Mails of a campaign that no client gets: previews for people to look at, and the test mail.

Their links are signed with a key that is thrown away at once, so clicking one changes nothing: the pages do not accept
it. Otherwise they equal the mails that clients get.
"""

import json
import secrets
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from models.database.engine import reading
from models.tables import suppressions
from programme.campaigns.campaign import Campaign
from programme.facts.records import Client, Project, Recipient
from programme.rules.decide import Decision
from programme.sending.state_changes import RequestState
from programme.terms.schema import Programme
from programme.words.dates import add_months
from programme.words.states import Channel, ClientKind, Consent, Purpose
from tasks.base.workspace import Workspace
from tasks.clients.facts.audience import read_recipients
from tasks.mail.render import Mail
from tasks.mail.renderers import renderer_of
from tasks.providers.configured import make_messenger
from tasks.sending.messenger import Claim, Letter

TEST_CLIENT = "TEST"
TEST_NAME = "J. Voorbeeld"


class Sample(NamedTuple):
    """A mail as one client would get it, except for the name."""

    decision: Decision
    mail: Mail


class TestSent(NamedTuple):
    """The result of a test mail; `detail` is the provider's reason when it did not go."""

    message_id: str
    went: bool
    leaves_machine: bool
    detail: str


def compose_samples(workspace: Workspace, campaign: Campaign, decisions: list[Decision], as_of: date) -> list[Sample]:
    """The mails of these decisions, addressed to a made-up name; nothing is stored.

    The previews stay in Prefect, which an erasure of a client's data does not reach. Everything that decides what the
    mail says (segment, tier, project, engineer, offer) is the client's own.
    """
    renderer = renderer_of(workspace, campaign.kind)
    with reading(workspace.engine) as connection:
        found = read_recipients(connection, workspace.programme, [each.client_id for each in decisions], as_of)
    recipient_of = {client.client_id: _nameless(recipient) for recipient in found for client in recipient.clients}
    key = secrets.token_bytes(32)
    return [
        Sample(
            decision,
            renderer.compose(
                campaign.kind,
                decision,
                recipient_of[decision.client_id].client(decision.client_id),
                recipient_of[decision.client_id],
                as_of,
                key,
            ),
        )
        for decision in decisions
    ]


def is_suppressed(workspace: Workspace, address: str, as_of: date) -> bool:
    """Whether the address is on the suppression list on `as_of`."""
    query = select(suppressions.c.email).where(suppressions.c.email == address, suppressions.c.since <= as_of)
    with reading(workspace.engine) as connection:
        return connection.execute(query).first() is not None


def send_test(workspace: Workspace, campaign: Campaign, address: str, as_of: date) -> TestSent:
    """Send the campaign's mail to this address only, as a made-up client would get it. Each call sends another mail.

    Nothing is written to the database, so no rule, cap or figure sees it.

    Returns:
        Whether the provider accepted it, and its reason if not.
    """
    messenger = make_messenger(workspace.settings, workspace.programme)
    renderer = renderer_of(workspace, campaign.kind)
    client = _made_up_client(workspace.programme, address, as_of)
    recipient = Recipient(address, (client,))
    message_id, context = renderer.context(
        campaign.kind, campaign.occasion, client, recipient, as_of, secrets.token_bytes(32)
    )
    compiled = renderer.compiled(campaign.template_id, context.variant | {"is_test": True})
    letter = Letter(
        id=0,
        message_id=message_id,
        client_id=TEST_CLIENT,
        recipient=address,
        touchpoint=campaign.template_id,
        purpose=Purpose.MARKETING,
        sender_name=context.sender_name,
        variant_id=None,
        fields=json.dumps(context.fields, ensure_ascii=False),
        standing=0,
    )
    claim = Claim(f"test-{message_id}", as_of, campaign.template_id, compiled.variant_json, False, [letter])
    parcel = messenger.prepare(renderer, claim)
    answer = messenger.deliver(claim, parcel)
    went = answer.state == RequestState.ACCEPTED
    return TestSent(message_id, went, messenger.leaves_machine, answer.detail or "")


def _nameless(recipient: Recipient) -> Recipient:
    """The recipient with the made-up name, and without what only this client has: addresses and a code."""
    clients = tuple(
        replace(
            client,
            name=TEST_NAME,
            code="",
            projects=tuple(project._replace(address=None, postcode=None) for project in client.projects),
        )
        for client in recipient.clients
    )
    return replace(recipient, clients=clients)


def _made_up_client(programme: Programme, address: str, as_of: date) -> Client:
    """A consumer with one project of the first type, delivered a year ago."""
    project = Project(
        "TEST-1", TEST_CLIENT, next(iter(programme.types)), 150_000, add_months(as_of, -14), add_months(as_of, -12),
        None, None, "Voorbeeldstraat 1", None, None, False,
    )  # fmt: skip
    return Client(
        TEST_CLIENT, address, TEST_NAME, ClientKind.CONSUMENT, Consent.YES, Channel.EMAIL, 0, projects=(project,)
    )
