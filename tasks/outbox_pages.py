"""The pages of the outbox, made anew from the message log and the files that are there."""

from pathlib import Path

from models.database import reading
from tasks.desk import Desk
from tasks.outbox import count_handed_over, read_outbox_entries, write_index


def refresh_outbox_pages(desk: Desk) -> Path:
    """Write them and return the first. Safe to run at any time: the mails themselves are left alone."""
    with reading(desk.engine) as connection:
        entries = read_outbox_entries(connection, desk.programme)
        total = count_handed_over(connection)
    return write_index(desk.settings.outbox_dir, entries, total)
