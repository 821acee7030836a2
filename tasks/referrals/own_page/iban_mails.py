"""The mails around an account that a client gives himself: the link that was asked for, and word of the change.

Both are kinds of the room (programme/referrals/mails.py) and go at once, because the link lives for half an hour. What
a mail may say is offered by name; a kind takes what its `fields` name.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from models.database.engine import writing_durably
from models.tables import iban_changes
from programme.terms.kinds import Choice
from programme.words.banking.ibans import masked_iban
from programme.words.dates import AMSTERDAM, day_in_amsterdam
from programme.words.wording import clock_words, date_words
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.referrals.own_page.accounts import BankAccount
from tasks.referrals.own_page.iban_links import make_iban_link, use_iban_link
from tasks.runs.outside.direct import DirectMail, deliver_direct, enqueue_direct
from tasks.sending.messenger import DeliveryReport

LINK, CHANGED = "iban_link", "iban_changed"  # ids of the kinds


class Requested(StrEnum):
    """What became of a wish for a link."""

    MAILED = "mailed"  # planned; deliver_iban_mails sends it
    ENOUGH = "enough"  # as many as a day allows were mailed
    NO_MAIL = "no_mail"  # no address, or one that does not take our mail: no link was made


class _Stopped(Exception):
    """No mail, so no link either."""


class _Moment(NamedTuple):
    day: str
    time: str

    @classmethod
    def of(cls, at: datetime) -> "_Moment":
        there = at.astimezone(AMSTERDAM)
        return cls(date_words(there.date()), clock_words(there))


def request_iban_link(workspace: Workspace, renderer: Renderer, client_id: str, at: datetime) -> Requested:
    """Make a link and plan its mail, both or neither."""
    settings, terms = workspace.settings, workspace.programme.referral
    try:
        with writing_durably(workspace.engine) as connection:
            asked = make_iban_link(connection, terms, settings.key(), client_id, at)
            if asked is None:
                return Requested.ENOUGH
            until = _Moment.of(asked.expires_at)
            url = f"{settings.base_url}/mijn/rekening/{asked.token}"
            told = {"link_url": url, "until_on": until.day, "until_time": until.time}
            _plan(connection, workspace, renderer, LINK, client_id, asked.occasion, told, at)
    except _Stopped:
        return Requested.NO_MAIL
    return Requested.MAILED


def give_account(
    workspace: Workspace, renderer: Renderer, token: str, account: BankAccount, at: datetime
) -> bool | None:
    """Record the account behind a mailed link and plan the mail that tells of the change, both or neither.

    Returns:
        Whether a mail tells of it, False where none may go to this client; None where use_iban_link returns None.
    """
    with writing_durably(workspace.engine) as connection:
        change = use_iban_link(connection, token, account, at)
        if change is None:
            return None
        client_id = connection.execute(select(iban_changes.c.client_id).where(iban_changes.c.id == change)).scalar_one()
        when = _Moment.of(at)
        told = {
            "iban": masked_iban(account.iban),
            "holder": account.holder,
            "changed_on": when.day,
            "changed_time": when.time,
        }
        try:
            _plan(connection, workspace, renderer, CHANGED, client_id, str(change), told, at)
        except _Stopped:
            return False
        return True


def deliver_iban_mails(workspace: Workspace, renderer: Renderer, at: datetime) -> DeliveryReport | None:
    """Send what is planned of these kinds; None where the programme has none. Raises DeliveryStopped."""
    kinds = [workspace.programme.kinds[each] for each in (LINK, CHANGED) if each in workspace.programme.kinds]
    if not kinds:
        return None
    return deliver_direct(workspace, renderer, kinds, day_in_amsterdam(at), uuid.uuid4().hex)


def _plan(
    connection: Connection,
    workspace: Workspace,
    renderer: Renderer,
    kind_id: str,
    client_id: str,
    occasion: str,
    told: Mapping[str, Choice],
    at: datetime,
) -> None:
    """Raises _Stopped where no mail may go; nothing of it is planned then."""
    kind = workspace.programme.kinds.get(kind_id)
    if kind is None:
        raise _Stopped
    values = {name: value for name, value in told.items() if name in kind.fields}
    mail = DirectMail(kind, client_id, occasion, values)
    day = day_in_amsterdam(at)
    (made,) = enqueue_direct(connection, renderer, workspace.settings.key(), [mail], day)
    if made.message_id is None:
        raise _Stopped
