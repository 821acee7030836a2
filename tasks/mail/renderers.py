"""The renderer of a workspace: with its programme, the base of its links, and the firm's own templates."""

from programme.terms.kinds import MailKind
from tasks.base.workspace import Workspace
from tasks.mail.keeping.store import KEPT_MAILS
from tasks.mail.render import Renderer


def renderer_of(workspace: Workspace, campaign: MailKind | None = None) -> Renderer:
    """A renderer that reads the templates anew, and shares the compiled mails of this working folder.

    Args:
        campaign: the kind of a campaign whose mails it composes; mails of the log need none.
    """
    settings = workspace.settings
    return Renderer(workspace.programme, settings.base_url, campaign=campaign, own=settings.templates, kept=KEPT_MAILS)
