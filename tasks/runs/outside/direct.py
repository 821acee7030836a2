"""A room's own mails: made outside the daily table, stored in the same log, sent by the same delivery.

The rules that apply to a kind of mail are those that it names (programme/terms/kinds.py). They are checked when the
mail is made, and those of the claim again when it is sent. The mail shows in messages, outbox and explain like any
other. For example:

    with writing(workspace.engine) as connection:
        mails = [DirectMail(IBAN_LINK, "C00012", "2026-11-26", {"link_url": url})]
        (made,) = enqueue_direct(connection, renderer, workspace.settings.key(), mails, as_of, run_id)
    if made.reason:  # stopped by rule 1 or 2: no message was made, and its key stays open
        ...
    report = deliver_direct(workspace, renderer, [IBAN_LINK], as_of, run_id)

Each kind has one mail per (client, occasion): making the same mail again finds the first and makes no second.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from programme.facts.records import Client
from programme.rules.decide import Candidate, judge, message_of
from programme.rules.due import Occasion
from programme.rules.recipient_day import RecipientDay
from programme.terms.kinds import Choice, MailKind
from programme.words.states import Outcome, Reason
from programme.words.tokens import message_id_of
from tasks.base.workspace import Workspace
from tasks.clients.codes import claim_codes
from tasks.clients.facts.audience import read_recipients
from tasks.mail.render import Renderer, prepare_kind
from tasks.providers.configured import make_messenger
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.runs.deciding.queueing import Made, write_messages
from tasks.runs.taking_up.left_over import take_up_left_over
from tasks.sending.delivery import deliver_queued
from tasks.sending.means import Delivery
from tasks.sending.messenger import DeliveryReport


@dataclass(frozen=True)
class DirectMail:
    """One mail that a room wants to send.

    Attributes:
        occasion: the id of what it is about; one mail of a kind for each client and occasion, ever.
        values: all fields of the kind, and its choices that are not neutral. Texts may come from a client.
        project_id: the project whose engineer and words it uses; when it is not one of the client's own, the latest
            delivered project.
        closes_on: the last day on which it may go; None means the kind's days of grace after the day it is made.
    """

    kind: MailKind
    client_id: str
    occasion: str
    values: Mapping[str, Choice] = field(default_factory=dict)
    project_id: str | None = None
    closes_on: date | None = None


class Enqueued(NamedTuple):
    """The result for one mail.

    Attributes:
        message_id: of its message, planned now or made before; None when a rule stopped it.
        reason: the rule that stopped it; None when there is a message.
        is_new: the message was made now.
    """

    message_id: str | None
    reason: Reason | None
    is_new: bool


def enqueue_direct(
    connection: Connection,
    renderer: Renderer,
    key: bytes,
    mails: Sequence[DirectMail],
    as_of: date,
    run_id: str | None = None,
) -> list[Enqueued]:
    """Plan these mails, dated `as_of`, as far as the rules of their kinds allow. Safe to run twice.

    The rules see the facts as of the day and the message log; each mail of the list sees those before it.

    Returns:
        The result for each, in the order of `mails`.

    Raises:
        UnknownKind: no room lists the kind, so nobody could render it later.
        ValueError: a value that the kind does not have or that is missing, or an unknown client.
        TemplateMissing, TemplateInvalid, FieldMissing: the mail cannot be made.
    """
    work = _Making(renderer, key, as_of, run_id, _read_days(connection, renderer, key, mails, as_of))
    results = [work.make(mail) for mail in mails]
    write_messages(connection, renderer, key, work.made, run_id)
    return results


def deliver_direct(
    workspace: Workspace, renderer: Renderer, kinds: Iterable[MailKind], as_of: date, run_id: str
) -> DeliveryReport:
    """Send the planned mails of these kinds, dated `as_of` or left over from before; other messages wait.

    Raises:
        DeliveryStopped: what was not sent stays planned.
    """
    ids = [kind.id for kind in kinds]
    messenger = make_messenger(workspace.settings, workspace.programme)
    take_up_left_over(workspace.engine, as_of, kinds=ids)
    report = deliver_queued(Delivery(workspace, renderer, messenger, kinds=ids), as_of, run_id)
    if workspace.settings.delivery == "outbox":
        refresh_outbox_pages(workspace)
    return report


@dataclass
class _Making:
    """Makes the mails of one list one after another; `made` are the messages to write."""

    renderer: Renderer
    key: bytes
    as_of: date
    run_id: str | None
    days: Mapping[str, RecipientDay]
    made: list[Made] = field(default_factory=list)
    made_before: set[tuple[str, str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.made_before = {
            (message.client_id, message.touchpoint, message.occasion)
            for day in self.days.values()
            for message in day.recipient.messages
        }

    def make(self, mail: DirectMail) -> Enqueued:
        """Judge one mail and add its row, unless a rule stops it or its message exists."""
        kind = self.renderer.kinds[mail.kind.id].saying(mail.values)
        if mail.client_id not in self.days:
            raise ValueError(f"mail {kind.id}: there is no client {mail.client_id}")
        day = self.days[mail.client_id]
        client = day.recipient.client(mail.client_id)
        message_id = message_id_of(self.key, client.client_id, kind.id, mail.occasion)
        if (client.client_id, kind.id, mail.occasion) in self.made_before:
            return Enqueued(message_id, None, False)
        decision = judge(day, kind.flow, Candidate(client, kind, _occasion(mail, client, self.as_of)))
        if decision.outcome != Outcome.SEND:
            return Enqueued(None, decision.reason, False)
        prepared = prepare_kind(self.renderer, kind, decision, client, day.recipient, self.as_of, self.key)
        self.made.append((decision, prepared))
        day.messages.append(message_of(decision))
        self.made_before.add((client.client_id, kind.id, mail.occasion))
        return Enqueued(message_id, None, True)


def _occasion(mail: DirectMail, client: Client, as_of: date) -> Occasion:
    closes_on = mail.closes_on or as_of + timedelta(days=mail.kind.grace_days)
    own = {project.project_id for project in client.projects}
    project_id = mail.project_id if mail.project_id in own else None
    return Occasion(mail.occasion, as_of, as_of, closes_on, project_id, None)


def _read_days(
    connection: Connection, renderer: Renderer, key: bytes, mails: Sequence[DirectMail], as_of: date
) -> dict[str, RecipientDay]:
    """The recipients of the mails on the day, by client id, each client with its code.

    Records of one address share their recipient.
    """
    ids = {mail.client_id for mail in mails}
    codes = claim_codes(connection, key, ids)
    days: dict[str, RecipientDay] = {}
    for recipient in read_recipients(connection, renderer.programme, ids, as_of):
        clients = tuple(replace(each, code=codes.get(each.client_id, each.code)) for each in recipient.clients)
        day = RecipientDay(renderer.programme, replace(recipient, clients=clients), as_of)
        days.update((client.client_id, day) for client in clients)
    return days
