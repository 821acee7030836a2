"""The pages of the outbox, made anew from the message log and the files that are there."""

from pathlib import Path

from models.database.engine import reading
from tasks.base.workspace import Workspace
from tasks.providers.outbox.files import count_handed_over, read_outbox_entries, write_index


def refresh_outbox_pages(workspace: Workspace) -> Path:
    """Write them and return the first. Safe to run at any time: the mails themselves are left alone."""
    with reading(workspace.engine) as connection:
        entries = read_outbox_entries(connection, workspace.programme)
        total = count_handed_over(connection)
    return write_index(workspace.settings.outbox_dir, entries, total)
