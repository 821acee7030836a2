"""The mail that carries a login link: to somebody of the firm, and never kept."""

from datetime import datetime

from programme.terms.kinds import MailKind
from programme.terms.tables.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from programme.words.states import Purpose
from programme.words.tokens import token_hash
from tasks.base.workspace import Workspace
from tasks.runs.outside.to_staff import StaffMailer

LOGIN_LINK = MailKind("login_link", "Link naar de balie", Purpose.SERVICE, "desk", fields=frozenset({"link_url"}))


def link_url(workspace: Workspace, token: str) -> str:
    """The address behind which somebody logs in."""
    return f"{workspace.settings.base_url}/desk/in/{token}"


def mail_link(workspace: Workspace, person: Person, token: str, at: datetime) -> bool:
    """Mail the link to the person; returns whether the provider took it. Nothing of it is stored here."""
    values = {"link_url": link_url(workspace, token)}
    mailer = StaffMailer(workspace, LOGIN_LINK)
    return mailer.send(person, token_hash(token), values, day_in_amsterdam(at))
