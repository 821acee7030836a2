"""What stands outside the database: the provider, the outbox, the journal, and the list of what an import refused."""

import csv
import io
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from models import tables
from models.database.engine import reading
from tasks.base.workspace import Workspace
from tasks.privacy.person import PersonRecords
from tasks.providers.outbox.files import PAGES_FOLDER
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.providers.sendgrid.erasure import erase_at_provider

REJECTED = Path("rejected.csv")  # where the command of the import writes it
REJECTED_HEADER = ("file", "line", "column", "value", "reason", "id")
FACTS = {
    "projects.csv": tables.projects,
    "quotes.csv": tables.quotes,
    "interactions.csv": tables.interactions,
    "feedback.csv": tables.feedback,
    "invoices.csv": tables.invoices,
}
SHORTEST_PART = 4  # characters of a name that is looked for inside a cell; a shorter one would be found anywhere


class Outside(NamedTuple):
    """What was done outside.

    Attributes:
        is_told: the provider was told to erase his addresses; False where none is set up, or he has none.
        files: mails of the outbox and their pages that were deleted.
        wishes: that waited in the journal and were dropped.
    """

    is_told: bool
    files: int
    wishes: int


def erase_outside(
    workspace: Workspace,
    person: PersonRecords,
    message_ids: Collection[str],
    forget_wishes: Callable[[Collection[str]], int],
) -> Outside:
    """Tell the provider, and delete the person's files. Safe to repeat. Raises ProviderNotTold."""
    is_told = bool(person.addresses and workspace.settings.sendgrid_api_key)
    if is_told:
        erase_at_provider(workspace.settings, person.addresses)
    return Outside(is_told, forget_files(workspace, person, message_ids), forget_wishes(message_ids))


def forget_files(workspace: Workspace, person: PersonRecords, message_ids: Collection[str]) -> int:
    """Delete his mails from the outbox, and his lines from the list of the last import; returns how many files."""
    folder = workspace.settings.outbox_dir
    paths = [folder / f"{one}.eml" for one in message_ids]
    paths += [folder / PAGES_FOLDER / f"{one}.html" for one in message_ids]
    gone = [path for path in paths if path.exists()]
    for path in gone:
        path.unlink(missing_ok=True)
    if gone:
        refresh_outbox_pages(workspace)
    _forget_rejected(person, _row_ids(workspace, person) if REJECTED.exists() else set())
    return len(gone)


def _row_ids(workspace: Workspace, person: PersonRecords) -> set[tuple[str, str]]:
    """(file, id) of the rows of the export that are his."""
    found = {("clients.csv", client_id) for client_id in person.client_ids}
    with reading(workspace.engine) as connection:
        for file, table in FACTS.items():
            key = next(iter(table.primary_key.columns))
            mine = select(key).where(table.c.client_id.in_(person.client_ids))
            found |= {(file, row_id) for row_id in connection.scalars(mine)}
        friend = tables.referrals.c
        mine = select(friend.referral_id).where(friend.referred_client_id.in_(person.client_ids))
        return found | {("referrals.csv", row_id) for row_id in connection.scalars(mine)}


def _forget_rejected(person: PersonRecords, row_ids: Collection[tuple[str, str]]) -> None:
    """Whole lines go that are about a row of his, or name one of his records, his name or an address."""
    if not REJECTED.exists():
        return
    named = {text.casefold() for text in (*person.addresses, *person.names)}
    rows = list(csv.reader(io.StringIO(REJECTED.read_text("utf-8-sig")), delimiter=";"))
    kept = [row for row in rows if not _is_of(row, named, person.client_ids, row_ids)]
    if len(kept) == len(rows):
        return
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(kept)
    fresh = REJECTED.with_name(REJECTED.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    fresh.replace(REJECTED)


def _is_of(
    row: list[str], named: Collection[str], client_ids: Collection[str], row_ids: Collection[tuple[str, str]]
) -> bool:
    if len(row) != len(REJECTED_HEADER):
        return False
    file, _line, column, value, _reason, row_id = row
    if (file, row_id.removeprefix("'")) in row_ids:
        return True
    # Of a row that could not be read the value is all of it, his number among its cells.
    if not column and {cell.strip(" \"'") for cell in re.split("[;,]", value)}.intersection(client_ids):
        return True
    found = value.casefold()
    return any(text in found if len(text) >= SHORTEST_PART else text == found for text in named)
