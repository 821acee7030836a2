"""What stands outside the database: the provider, the outbox, the journal, and the list of what an import refused."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from sqlalchemy import select

from models import tables
from models.database.engine import reading
from tasks.base.files.rejected import REJECTED, ImportFault, cells_of, thin_rejected
from tasks.base.workspace import Workspace
from tasks.privacy.person import PersonRecords
from tasks.providers.outbox.files import PAGES_FOLDER
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.providers.sendgrid.erasure import erase_at_provider

# What says whose a row is, in each table that has a file of its name in the export.
WHOSE = (
    tables.clients.c.client_id,
    tables.projects.c.client_id,
    tables.quotes.c.client_id,
    tables.interactions.c.client_id,
    tables.feedback.c.client_id,
    tables.invoices.c.client_id,
    tables.referrals.c.referred_client_id,
)
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
    row_ids = _row_ids(workspace, person) if REJECTED.exists() else set()
    thin_rejected(REJECTED, lambda fault: _is_of(fault, person, row_ids))
    return len(gone)


def _row_ids(workspace: Workspace, person: PersonRecords) -> set[tuple[str, str]]:
    """(file, id) of the rows of the export that are his; of a referral he is the friend."""
    found = set()
    with reading(workspace.engine) as connection:
        for whose in WHOSE:
            key = next(iter(whose.table.primary_key.columns))
            mine = select(key).where(whose.in_(person.client_ids))
            found |= {(f"{whose.table.name}.csv", row_id) for row_id in connection.scalars(mine)}
    return found


def _is_of(fault: ImportFault, person: PersonRecords, row_ids: Collection[tuple[str, str]]) -> bool:
    """It is about a row of his, or names one of his records, his name or an address."""
    if (fault.file, fault.row_id) in row_ids:
        return True
    if not fault.column and cells_of(fault.value).intersection(person.client_ids):
        return True
    found = fault.value.casefold()
    named = {text.casefold() for text in (*person.addresses, *person.names)}
    return any(text in found if len(text) >= SHORTEST_PART else text == found for text in named)
