"""All that we have of a person, as one JSON file and one readable page (AVG art. 15 and 20)."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from models.database.engine import reading
from programme.terms.schema import Brand
from tasks.base.workspace import Workspace
from tasks.privacy.page import personal_page
from tasks.privacy.person import PersonRecords, read_person
from tasks.privacy.sections import Section, read_sections

AS_JSON = frozenset({"fields", "variant", "payload", "line", "before", "after"})  # columns that hold JSON as text


class Export(NamedTuple):
    """The two files, and whose records are in them."""

    person: PersonRecords
    data: Path
    page: Path


def export_person(workspace: Workspace, client_id: str, folder: Path, at: datetime) -> Export:
    """Write `<client id>.json` and `<client id>.html` into the folder, for their owner alone.

    Raises:
        UnknownClient: nobody has this id.
        OSError: the folder cannot be written.
    """
    with reading(workspace.engine) as connection:
        person = read_person(connection, client_id)
        sections = list(read_sections(connection, person))
    name = quote(client_id, safe="")  # so that no two clients have one file
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    data, page = folder / f"{name}.json", folder / f"{name}.html"
    _write(data, _as_json(person, sections, workspace.programme.brand, at))
    _write(page, personal_page(workspace.programme, person, sections, at))
    return Export(person, data, page)


def _as_json(person: PersonRecords, sections: list[Section], brand: Brand, at: datetime) -> str:
    tables: dict[str, list[dict[str, Any]]] = {}
    for section in sections:
        tables.setdefault(section.table, []).extend(
            {name: _value(name, value) for name, value in row.items()} for row in section.rows
        )
    whole = {
        "controller": {"name": brand.name, "kvk_number": brand.kvk_number, "address": brand.reply_address},
        "made_at": at.isoformat(),
        "client_ids": list(person.client_ids),
        "tables": tables,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _value(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.loads(value) if name in AS_JSON and value else value


def _write(path: Path, text: str) -> None:
    """Half a character, as a provider's event may hold one, is written as JSON writes it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
