"""The pages of the outbox, made from the message log and the files in the folder."""

from pathlib import Path

from models.database.engine import reading
from tasks.base.workspace import Workspace
from tasks.providers.outbox.files import TO_MEND, count_handed_over, read_outbox_entries, write_index


class OutboxUnusable(Exception):
    """The folder of the outbox cannot be written; the message says what to check."""


def refresh_outbox_pages(workspace: Workspace) -> Path:
    """Write the pages, and return the path of the first. Safe at any time: the mails themselves are not touched.

    Raises:
        OutboxUnusable: the system refuses the folder.
    """
    with reading(workspace.engine) as connection:
        entries = read_outbox_entries(connection, workspace.programme)
        total = count_handed_over(connection)
    folder = workspace.settings.outbox_dir
    try:
        return write_index(folder, entries, total)
    except OSError as error:
        raise OutboxUnusable(f"{folder}: {error.strerror}; {TO_MEND}") from None
