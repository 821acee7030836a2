"""One mail as it would be, with the decision of a run of that day; nothing is stored."""

from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from sqlalchemy import Connection, select

from models.database.engine import reading
from models.tables import messages
from programme.facts.records import Client, Recipient
from programme.insight.forecast import failing_condition
from programme.rules.anchors import ANCHORS
from programme.rules.closed_keys import is_closed_by_another
from programme.rules.decide import Decision, decide_recipient
from programme.rules.due import Occasion, latest_occasion, occasions
from programme.rules.simulation import Simulation
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.naming.names import says_death
from programme.words.states import Flow, HandFlow
from tasks.base.workspace import Workspace
from tasks.clients.facts.audience import read_recipients
from tasks.clients.lookup import require_client
from tasks.insight.explain import ClientHeld
from tasks.insight.set_aside import held_since
from tasks.mail.render import Mail, Renderer, mail_of
from tasks.mail.renderers import renderer_of
from tasks.mail.reply_to import ReplyTo
from tasks.runs.deciding.planning import has_finished_run

SHOWN_OCCASIONS = 8
SAMPLE_OCCASION = "voorbeeld"


class UnknownTouchpoint(Exception):
    """The programme has no such touchpoint."""


class NoOccasion(Exception):
    """The client has no occasion that the touchpoint could be about."""


@dataclass(frozen=True)
class Preview:
    """A mail, its occasion, and what a run would do with it.

    Attributes:
        decision: the decision of a run of that day; None when the run would not judge this occasion.
        obstacle: why no run judges the occasion within its window, in words; None when one does.
        logged: (status, day) of the message that the log already has about it.
        is_sample: a room's own kind of mail without a message, so its values are made up.
    """

    mail: Mail
    occasion: Occasion
    decision: Decision | None
    obstacle: str | None
    logged: tuple[str, date] | None
    is_sample: bool = False


def preview_mail(
    workspace: Workspace, touchpoint_id: str, client_id: str, as_of: date, occasion_id: str | None = None
) -> Preview:
    """The mail about an occasion as of a day: the named one, the one due on the day, or that of the latest anchor.

    For a kind that a room makes itself, its message in the log, or a mail with the values of its sample.

    Raises:
        UnknownTouchpoint, UnknownClient, ClientHeld, NoOccasion: or the errors of rendering.
    """
    require_touchpoint(workspace.programme, touchpoint_id)
    require_client(workspace.engine, client_id)
    if since := held_since(workspace.engine, client_id):
        raise ClientHeld(since)
    with reading(workspace.engine) as connection:
        (recipient,) = read_recipients(connection, workspace.programme, [client_id], as_of)
    client = recipient.client(client_id)
    renderer, kind = (
        renderer_of(workspace),
        workspace.programme.kinds[touchpoint_id],
    )
    if not kind.anchor:
        return _preview_of_room(workspace, renderer, kind, client, recipient, as_of, occasion_id)
    occasion = _occasion(workspace.programme, touchpoint_id, client, recipient, as_of, occasion_id)
    mail = _answerable(workspace, renderer.compose(kind, occasion, client, recipient, as_of, workspace.settings.key()))
    with reading(workspace.engine) as connection:
        logged = _logged(connection, client_id, touchpoint_id, occasion.occasion)
    return Preview(
        mail,
        occasion,
        _decision(workspace, touchpoint_id, client_id, recipient, as_of, occasion.occasion),
        _obstacle(workspace.programme, touchpoint_id, client, recipient, occasion, as_of),
        logged,
    )


def _answerable(workspace: Workspace, mail: Mail) -> Mail:
    """The mail with the Reply-To that its recipient sees."""
    return replace(mail, reply_address=ReplyTo(workspace.settings, workspace.programme.brand).of(mail.message_id))


def require_touchpoint(programme: Programme, touchpoint_id: str) -> None:
    """Check that the programme has the touchpoint. Raises UnknownTouchpoint, which names the nearest one or all.

    Templates of campaigns do not count, because their mails are previewed with their campaign; surveys do.
    """
    known = {
        name: kind.label for name, kind in programme.kinds.items() if kind.flow != HandFlow.CAMPAIGN or kind.is_survey
    }
    if touchpoint_id in known:
        return
    wanted = touchpoint_id.strip().lower().replace("-", "_")
    labelled = [name for name, label in known.items() if wanted and wanted in label.lower()]
    near = get_close_matches(wanted, known, 1) or labelled
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    raise UnknownTouchpoint(f"the programme has no touchpoint '{touchpoint_id}'. {hint}")


def _preview_of_room(
    workspace: Workspace,
    renderer: Renderer,
    kind: MailKind,
    client: Client,
    recipient: Recipient,
    as_of: date,
    occasion_id: str | None,
) -> Preview:
    """The latest message of the kind (about the named occasion), else a sample."""
    table = messages.c
    query = select(messages).where(table.client_id == client.client_id, table.touchpoint == kind.id)
    if occasion_id is not None:
        query = query.where(table.occasion == occasion_id)
    with reading(workspace.engine) as connection:
        row = connection.execute(query.order_by(table.as_of.desc(), table.id.desc()).limit(1)).first()
    if row is not None:
        occasion = Occasion(row.occasion, row.due_on, row.due_on, row.closes_on, None, None)
        return Preview(_answerable(workspace, mail_of(renderer, row)), occasion, None, None, (row.status, row.as_of))
    occasion = Occasion(occasion_id or SAMPLE_OCCASION, as_of, as_of, as_of, None, None)
    try:
        sample = kind.saying(kind.sample)
    except ValueError:
        raise NoOccasion(f"{client.client_id} has no message of {kind.id}, and {kind.id} has no sample") from None
    mail = _answerable(
        workspace, renderer.compose(sample, occasion, client, recipient, as_of, workspace.settings.key())
    )
    return Preview(mail, occasion, None, None, None, is_sample=True)


def _occasion(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, as_of: date, wanted: str | None
) -> Occasion:
    if wanted is None:
        if found := latest_occasion(programme, touchpoint_id, client, recipient, as_of):
            return found
        anchor = ANCHORS[programme.touchpoints[touchpoint_id].anchor].words
        raise NoOccasion(
            f"{client.client_id} has no occasion for {touchpoint_id} by {as_of}: it counts from {anchor}. "
            "Take a later --as-of or another client"
        )
    every = occasions(programme, touchpoint_id, client, recipient, as_of)
    for each in every:
        if each.occasion == wanted:
            return each
    known = ", ".join(each.occasion for each in every[-SHOWN_OCCASIONS:]) or "none"
    raise NoOccasion(
        f"{client.client_id} has no occasion '{wanted}' for {touchpoint_id} by {as_of}; those it has: {known}"
    )


def _decision(
    workspace: Workspace, touchpoint_id: str, client_id: str, recipient: Recipient, as_of: date, occasion_id: str
) -> Decision | None:
    """The decision of the day's run; before win-back, the daily run is simulated if it has not run yet."""
    flow = workspace.programme.touchpoints[touchpoint_id].flow
    simulation = Simulation()
    if flow == Flow.WIN_BACK and not has_finished_run(workspace.engine, Flow.DAILY, as_of):
        for decision in decide_recipient(workspace.programme, Flow.DAILY, recipient, as_of):
            simulation.record(decision)
    for decision in decide_recipient(workspace.programme, flow, simulation.seen_by(recipient), as_of):
        if (decision.client_id, decision.touchpoint, decision.occasion) == (client_id, touchpoint_id, occasion_id):
            return decision
    return None


def _obstacle(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, occasion: Occasion, as_of: date
) -> str | None:
    touchpoint = programme.touchpoints[touchpoint_id]
    if not touchpoint.active:
        return f"{touchpoint_id} is switched off"
    if says_death(client.name):
        return f"the name of {client.client_id} notes a death"
    if is_closed_by_another(recipient, client.client_id, touchpoint_id, occasion):
        return "the mail about it was made under another client id of this address"
    name = failing_condition(programme, touchpoint, client, recipient, occasion, as_of)
    return f"the condition '{name}' does not hold" if name else None


def _logged(connection: Connection, client_id: str, touchpoint_id: str, occasion_id: str) -> tuple[str, date] | None:
    table = messages.c
    query = select(table.status, table.as_of).where(
        table.client_id == client_id, table.touchpoint == touchpoint_id, table.occasion == occasion_id
    )
    row = connection.execute(query).first()
    return (row.status, row.as_of) if row else None
