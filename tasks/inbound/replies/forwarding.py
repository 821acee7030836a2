"""Passes on what came in: a client's mail to the engineer, anybody else's to the team.

It goes as mail of ours, whose answers go to the sender, with the files as they came. Once passed on, only the words
are kept. Nothing is ever answered, and mail of our own is never passed on, so nothing can go round.
"""

import json
import logging
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select, update

from models.database import clock
from models.database.engine import reading, writing_durably
from models.present import projects
from models.tables import inbound_mails
from programme.inbound.forwards import REPLY_FORWARD, file_name_of, media_type_of
from programme.inbound.incoming import Incoming
from programme.inbound.replies import Standing, subject_of, words_of
from programme.mail.links import mail_to
from programme.sending.state_changes import RequestState
from programme.terms.payout_terms import Person
from programme.terms.schema import Programme
from programme.words.dates import AMSTERDAM
from programme.words.people import name_key
from programme.words.states import Role
from programme.words.tokens import message_id_of
from programme.words.wording import weekday_words
from tasks.base.workspace import Workspace
from tasks.inbound.replies.mailbox import Mailbox, mailbox_of
from tasks.mail.render import Renderer
from tasks.providers.configured import make_messenger
from tasks.providers.sendgrid.inbound import read_inbound
from tasks.sending.messenger import Claim, Enclosed, Letter, ToStaff

logger = logging.getLogger("bouwclub.mail")

CLAIM_SECONDS = 600  # after it, whoever began has surely stopped
MOST_A_TIME = 50


def forward_waiting(workspace: Workspace, now: datetime) -> int:
    """Pass on every mail that waits for it, the oldest first, and return the number. Safe to run twice, and by two.

    What the provider does not take stays, and is tried again the next time; passed on twice is better than never.

    Raises NotReadyToSend.
    """
    waiting = _read_waiting(workspace, now)
    if not waiting:
        return 0
    renderer = Renderer(workspace.programme, workspace.settings.base_url, campaign=REPLY_FORWARD)
    return sum(_forward(workspace, renderer, mail_id, now) for mail_id in waiting)


def team_address(programme: Programme, mailbox: Mailbox) -> str:
    """Where mail for nobody in particular goes: the firm's own mailbox.

    Where that is an address whose mail comes to us, it would go round: then it is the first manager's.
    """
    address = programme.brand.reply_address
    if not mailbox.domain or address.lower().rpartition("@")[2] != mailbox.domain:
        return address
    managers = [person.email for person in programme.people if Role.MANAGER in person.roles]
    return next(iter(managers), "")


def engineer_of(connection: Connection, programme: Programme, client_id: str, day: date) -> Person | None:
    """The engineer of the client's latest delivered project; None where nobody of `[[people]]` is it."""
    query = (
        select(projects.c.engineer)
        .where(projects.c.client_id == client_id, projects.c.delivered_on <= day)
        .where(or_(projects.c.cancelled_on.is_(None), projects.c.cancelled_on > day))
        .order_by(projects.c.delivered_on.desc(), projects.c.project_id.desc())
    )
    name = name_key(connection.execute(query.limit(1)).scalar() or "")
    engineers = (person for person in programme.people if Role.ENGINEER in person.roles)
    return next((person for person in engineers if name_key(person.name) == name), None)


def _read_waiting(workspace: Workspace, now: datetime) -> list[str]:
    query = select(inbound_mails.c.mail_id).where(_is_free(now)).order_by(inbound_mails.c.received_at)
    with reading(workspace.engine) as connection:
        return list(connection.scalars(query.limit(MOST_A_TIME)))


def _forward(workspace: Workspace, renderer: Renderer, mail_id: str, now: datetime) -> bool:
    with writing_durably(workspace.engine) as connection:
        claim = update(inbound_mails).where(inbound_mails.c.mail_id == mail_id, _is_free(now)).values(claimed_at=now)
        if not connection.execute(claim).rowcount:
            return False
        row = connection.execute(select(inbound_mails).where(inbound_mails.c.mail_id == mail_id)).one()
        address = _address_for(connection, workspace, row)
    went = bool(address) and _send(workspace, renderer, row, address)
    done = {"content": None, "content_type": None, "forwarded_at": now} if went else {"claimed_at": None}
    with writing_durably(workspace.engine) as connection:
        connection.execute(update(inbound_mails).where(inbound_mails.c.mail_id == mail_id).values(**done))
    if not went:
        logger.error("a mail that came in could not be passed on; it is tried again")
    return went


def _address_for(connection: Connection, workspace: Workspace, row: Any) -> str:
    """The engineer's, of a client's mail; the team's, where there is none."""
    if row.standing == Standing.CLIENT and row.client_id:
        engineer = engineer_of(connection, workspace.programme, row.client_id, row.received_on)
        if engineer:
            return engineer.email
    return team_address(workspace.programme, mailbox_of(workspace.settings, workspace.programme))


def _send(workspace: Workspace, renderer: Renderer, row: Any, address: str) -> bool:
    mail = read_inbound(row.content_type, row.content)
    messenger = make_messenger(workspace.settings, workspace.programme)
    variant = {"is_known": bool(row.client_id), "has_files": bool(mail.attachments), "is_whole": mail.is_whole}
    compiled = renderer.compiled(REPLY_FORWARD.id, {**REPLY_FORWARD.choices, **variant})
    message_id = message_id_of(workspace.settings.key(), row.client_id or "", REPLY_FORWARD.id, row.mail_id)
    letter = Letter(
        0, message_id, "", address, REPLY_FORWARD.id, REPLY_FORWARD.purpose, workspace.programme.brand.sender_name,
        compiled.variant_json, json.dumps(_fields(workspace, row, mail), ensure_ascii=False), 0,
    )  # fmt: skip
    claim = Claim(f"staff-{message_id}", row.received_on, REPLY_FORWARD.id, compiled.variant_json, False, [letter])
    claim.to_staff = ToStaff(row.sender if "@" in row.sender else "", _files(mail))
    return messenger.deliver(claim, messenger.prepare(renderer, claim)).state == RequestState.ACCEPTED


def _fields(workspace: Workspace, row: Any, mail: Incoming) -> dict[str, str]:
    came_at = clock.aware(row.received_at).astimezone(AMSTERDAM)
    path = f"/desk/clients/{row.client_id}" if row.client_id else "/desk/replies"
    return {
        "client_id": row.client_id or "",
        "client_url": f"{workspace.settings.base_url.rstrip('/')}{path}",
        "came_on": weekday_words(came_at.date()),
        "came_at": f"{came_at:%H.%M}",
        "sender": row.sender or "onbekend",
        "subject_line": subject_of(mail) or "(geen onderwerp)",
        "words": words_of(mail) or "(geen tekst)",
        "unsubscribe_url": mail_to(workspace.programme.brand.reply_address, "Geen doorgestuurde mail meer"),
    }


def _files(mail: Incoming) -> tuple[Enclosed, ...]:
    return tuple(
        Enclosed(file_name_of(file, number), media_type_of(file), file.content or b"\n")
        for number, file in enumerate(mail.attachments, start=1)
    )


def _is_free(now: datetime) -> Any:
    """Waiting, and not in the hands of another process."""
    long_ago = now - timedelta(seconds=CLAIM_SECONDS)
    claimed_at = inbound_mails.c.claimed_at
    return inbound_mails.c.content.is_not(None) & or_(claimed_at.is_(None), claimed_at < long_ago)
