"""The pages of the outbox, made from the message log and the files in the folder."""

from pathlib import Path

from models.database.engine import reading
from tasks.base.workspace import Workspace
from tasks.providers.outbox.files import count_handed_over, read_outbox_entries, write_index


def refresh_outbox_pages(workspace: Workspace) -> Path:
    """Write the pages, and return the path of the first. Safe at any time: the mails themselves are not touched."""
    with reading(workspace.engine) as connection:
        entries = read_outbox_entries(connection, workspace.programme)
        total = count_handed_over(connection)
    return write_index(workspace.settings.outbox_dir, entries, total)
