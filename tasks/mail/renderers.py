"""The renderer of a workspace: with its programme, the base of its links, and the firm's own templates."""

from pathlib import Path

from programme.terms.kinds import MailKind
from tasks.base.workspace import Workspace
from tasks.mail.keeping.store import KEPT_MAILS
from tasks.mail.render import Renderer


def renderer_of(workspace: Workspace, campaign: MailKind | None = None) -> Renderer:
    """A renderer that reads the templates anew, and shares the compiled mails of its folder.

    Args:
        campaign: the kind of a campaign whose mails it composes; mails of the log need none.
    """
    settings = workspace.settings
    kept = _kept_mails(workspace)
    return Renderer(workspace.programme, settings.base_url, campaign=campaign, own=settings.templates, kept=kept)


def _kept_mails(workspace: Workspace) -> Path:
    """Beside the database; in the working folder for a database that is no file."""
    url = workspace.engine.url
    folder = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else Path()
    return folder / KEPT_MAILS
