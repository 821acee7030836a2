"""The mail that carries a login link: to somebody of the firm, and never kept."""

import json
import secrets
from datetime import datetime

from programme.mail.links import mail_to
from programme.sending.state_changes import RequestState
from programme.terms.kinds import MailKind
from programme.terms.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from programme.words.states import Purpose
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.providers.configured import make_messenger
from tasks.sending.messenger import Claim, Letter

LOGIN_LINK = MailKind(
    "login_link", "Link naar de balie", Purpose.SERVICE, "desk", fields=frozenset({"link_url", "unsubscribe_url"})
)


def link_url(workspace: Workspace, token: str) -> str:
    """The address behind which somebody logs in."""
    return f"{workspace.settings.base_url.rstrip('/')}/desk/in/{token}"


def mail_link(workspace: Workspace, person: Person, token: str, at: datetime) -> bool:
    """Mail the link to the person; returns whether the provider took it. Nothing of it is stored here."""
    brand = workspace.programme.brand
    renderer = Renderer(workspace.programme, workspace.settings.base_url, campaign=LOGIN_LINK)
    messenger = make_messenger(workspace.settings, workspace.programme)
    fields = {
        "link_url": link_url(workspace, token),
        "unsubscribe_url": mail_to(brand.reply_address, "Ik vroeg geen link naar de balie"),
    }
    compiled = renderer.compiled(LOGIN_LINK.id, "{}")
    message_id = secrets.token_hex(16)
    letter = Letter(
        0, message_id, "", person.email, LOGIN_LINK.id, LOGIN_LINK.purpose, brand.sender_name,
        compiled.variant_json, json.dumps(fields, ensure_ascii=False), 0,
    )  # fmt: skip
    claim = Claim(f"staff-{message_id}", day_in_amsterdam(at), LOGIN_LINK.id, compiled.variant_json, False, [letter])
    return messenger.deliver(claim, messenger.prepare(renderer, claim)).state == RequestState.ACCEPTED
