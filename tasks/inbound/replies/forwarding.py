"""Passes on what came in: a client's mail to the engineer, anybody else's to the team.

It goes as mail of ours, whose answers go to the sender, with the files as they came. Once passed on, only the words
are kept. Nothing is ever answered, and mail of our own is never passed on, so nothing can go round.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, or_, select, update

from models.database import clock
from models.database.engine import reading, writing_durably
from models.present import is_not_cancelled, projects
from models.tables import absences, inbound_mails
from programme.care.cases.owners import owner_of
from programme.inbound.forwards import REPLY_FORWARD, file_name_of, media_type_of
from programme.inbound.incoming import Incoming
from programme.inbound.replies import IncomingKind, subject_of, words_of
from programme.terms.kinds import Choice
from programme.terms.schema import Programme
from programme.terms.tables.payout_terms import Person
from programme.words.dates import AMSTERDAM, day_in_amsterdam
from programme.words.states import Level, Role
from programme.words.wording import clock_words, weekday_words
from tasks.base.workspace import Workspace
from tasks.inbound.replies.mailbox import Mailbox, mailbox_of
from tasks.providers.sendgrid.inbound import read_inbound
from tasks.runs.outside.to_staff import StaffMailer
from tasks.sending.messenger import Enclosed, ToStaff

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
    mailer = StaffMailer(workspace, REPLY_FORWARD)
    return sum(_forward(mailer, mail_id, now) for mail_id in waiting)


def team_address(programme: Programme, mailbox: Mailbox) -> str:
    """Where mail for nobody in particular goes: the firm's own mailbox.

    Where that is an address whose mail comes to us, it would go round: then it is the first manager's.
    """
    address = programme.brand.reply_address
    if not mailbox.domain or address.lower().rpartition("@")[2] != mailbox.domain:
        return address
    managers = [person.email for person in programme.people if Role.MANAGER in person.roles]
    return next(iter(managers), "")


def engineer_of(connection: Connection, programme: Programme, client_id: str, at: datetime) -> Person | None:
    """The engineer of the client's latest delivered project; None where nobody of `[[people]]` is, or is away now.

    As the owner of a task of the level engineer (care section 7.3).
    """
    day = day_in_amsterdam(at)
    query = (
        select(projects.c.engineer)
        .where(projects.c.client_id == client_id, projects.c.delivered_on <= day)
        .where(is_not_cancelled(day))
        .order_by(projects.c.delivered_on.desc(), projects.c.project_id.desc())
    )
    name = connection.execute(query.limit(1)).scalar()
    gone = select(absences.c.name).where(absences.c.from_at <= at, absences.c.until_at > at)
    owner = owner_of(programme.people, set(connection.scalars(gone)), Level.ENGINEER, name)
    return owner.person if owner.level is Level.ENGINEER else None


def _read_waiting(workspace: Workspace, now: datetime) -> list[str]:
    query = select(inbound_mails.c.mail_id).where(_is_free(now)).order_by(inbound_mails.c.received_at)
    with reading(workspace.engine) as connection:
        return list(connection.scalars(query.limit(MOST_A_TIME)))


def _forward(mailer: StaffMailer, mail_id: str, now: datetime) -> bool:
    workspace = mailer.workspace
    with writing_durably(workspace.engine) as connection:
        claim = update(inbound_mails).where(inbound_mails.c.mail_id == mail_id, _is_free(now)).values(claimed_at=now)
        if not connection.execute(claim).rowcount:
            return False
        row = connection.execute(select(inbound_mails).where(inbound_mails.c.mail_id == mail_id)).one()
        address = _address_for(connection, workspace, row, now)
    went = bool(address) and _send(mailer, row, address)
    done = {"content": None, "content_type": None, "forwarded_at": now} if went else {"claimed_at": None}
    with writing_durably(workspace.engine) as connection:
        connection.execute(update(inbound_mails).where(inbound_mails.c.mail_id == mail_id).values(**done))
    if not went:
        logger.error("a mail that came in could not be passed on; it is tried again")
    return went


def _address_for(connection: Connection, workspace: Workspace, row: Any, now: datetime) -> str:
    """The engineer's, of a client's mail; the team's, where there is none."""
    if row.standing == IncomingKind.CLIENT and row.client_id:
        engineer = engineer_of(connection, workspace.programme, row.client_id, now)
        if engineer:
            return engineer.email
    return team_address(workspace.programme, mailbox_of(workspace.settings, workspace.programme))


def _send(mailer: StaffMailer, row: Any, address: str) -> bool:
    mail = read_inbound(row.content_type, row.content)
    client_id = row.client_id or ""
    values: dict[str, Choice] = {
        **_fields(mailer.workspace, row, mail),
        "is_known": bool(client_id),
        "has_files": bool(mail.attachments),
        "is_whole": mail.is_whole,
        "has_desk": mailer.workspace.settings.desk != "off",
    }
    beside = ToStaff(row.sender if "@" in row.sender else "", _files(mail))
    return mailer.send_to(address, row.mail_id, values, row.received_on, beside)


def _fields(workspace: Workspace, row: Any, mail: Incoming) -> dict[str, str]:
    came_at = clock.aware(row.received_at).astimezone(AMSTERDAM)
    path = f"/desk/clients/{quote(row.client_id)}" if row.client_id else "/desk/replies"
    return {
        "client_id": row.client_id or "",
        "link_url": f"{workspace.settings.base_url}{path}",
        "came_on": weekday_words(came_at.date()),
        "came_at": clock_words(came_at),
        "sender": row.sender or "onbekend",
        "subject_line": subject_of(mail) or "(geen onderwerp)",
        "words": words_of(mail) or "(geen tekst)",
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
