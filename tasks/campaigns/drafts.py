"""Campaigns that somebody is writing on the desk, each kept as the form that the flow `campaign` takes.

Two people may have one draft open. Whoever saves names the version that was changed; when that is no longer the newest
one, nothing is overwritten, so that the person can choose.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from models.database.engine import reading, writing
from models.tables import campaign_drafts
from programme.words.plain_text import clean

NAME_LENGTH = 160
GROUPS = ("message", "audience", "sending")

Noted = Callable[[Connection, str], None]
"""Writes what else belongs to the deed in its transaction, given the draft's id."""


class Draft(NamedTuple):
    """One draft.

    Attributes:
        name: as written; "" when the campaign has no name yet.
        form: exactly the groups "message", "audience" and "sending", as JSON types: parameters of the flow `campaign`.
        version: of this text; each save raises it by one.
    """

    draft_id: str
    name: str
    form: dict[str, Any]
    written_by: str
    changed_by: str
    created_at: datetime
    changed_at: datetime
    version: int


class DraftChanged(Exception):
    """Somebody else saved the draft meanwhile, or it was taken away. Nothing was written.

    Attributes:
        newest: the draft as it is now; None when there is none any more.
    """

    def __init__(self, newest: Draft | None) -> None:
        super().__init__("the draft was changed meanwhile" if newest else "the draft is no longer there")
        self.newest = newest


def _nothing(connection: Connection, draft_id: str) -> None:
    """Nothing else belongs to the deed."""


def begin_draft(engine: Engine, form: Mapping[str, Any], by_name: str, at: datetime, noted: Noted = _nothing) -> Draft:
    """Keep a new draft of this form. `at` is aware."""
    draft = Draft(secrets.token_hex(8), *_said(form), by_name, by_name, at, at, 1)
    with writing(engine) as connection:
        connection.execute(insert(campaign_drafts).values(draft._asdict() | {"form": _written(draft.form)}))
        noted(connection, draft.draft_id)
    return draft


def read_draft(engine: Engine, draft_id: str) -> Draft | None:
    """The draft as it is now; None when there is none of this id."""
    query = select(campaign_drafts).where(campaign_drafts.c.draft_id == draft_id)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return _draft(row) if row else None


def list_drafts(engine: Engine, first: int, rows: int) -> list[Draft]:
    """A page of the drafts, the one saved last first."""
    table = campaign_drafts.c
    query = select(campaign_drafts).order_by(table.changed_at.desc(), table.draft_id).offset(first).limit(rows)
    with reading(engine) as connection:
        return [_draft(row) for row in connection.execute(query)]


def save_draft(
    engine: Engine,
    draft_id: str,
    version: int,
    form: Mapping[str, Any],
    by_name: str,
    at: datetime,
    noted: Noted = _nothing,
) -> Draft:
    """Keep the form in place of this version of the draft. A form that says the same keeps version and moment.

    Raises:
        DraftChanged: this version is not the newest, and the newest says something else.
    """
    name, said = _said(form)
    table = campaign_drafts.c
    values = {"name": name, "form": _written(said), "changed_by": by_name, "changed_at": at, "version": version + 1}
    is_this = (table.draft_id == draft_id, table.version == version, table.form != values["form"])
    with writing(engine) as connection:
        if connection.execute(update(campaign_drafts).where(*is_this).values(values)).rowcount:
            noted(connection, draft_id)
        row = connection.execute(select(campaign_drafts).where(table.draft_id == draft_id)).first()
    newest = _draft(row) if row else None
    if newest is None or newest.form != said:
        raise DraftChanged(newest)
    return newest


def delete_draft(engine: Engine, draft_id: str, version: int | None = None, noted: Noted = _nothing) -> bool:
    """Take the draft away, when it still is of this version (None: whatever its version); whether it was there."""
    table = campaign_drafts.c
    is_this = [table.draft_id == draft_id] + ([table.version == version] if version is not None else [])
    with writing(engine) as connection:
        is_gone = bool(connection.execute(delete(campaign_drafts).where(*is_this)).rowcount)
        if is_gone:
            noted(connection, draft_id)
    return is_gone


def _said(form: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name that the form gives, and its three groups."""
    groups = json.loads(_written({group: dict(form.get(group) or {}) for group in GROUPS}))
    return clean(str(groups["message"].get("name") or ""), NAME_LENGTH), groups


def _written(form: Mapping[str, Any]) -> str:
    return json.dumps(form, ensure_ascii=True, sort_keys=True)


def _draft(row: Row[Any]) -> Draft:
    return Draft(**dict(row._mapping) | {"form": json.loads(row.form)})
