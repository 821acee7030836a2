"""Who did what: one row an act, written in the transaction of the act itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert

from models.database import clock
from models.tables import acts
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam

Source = Literal["desk", "cli"]


@dataclass(frozen=True)
class Act:
    """What a person does, in the transaction of all its effects; begun by open_act.

    Attributes:
        by: a person of [[people]], spelled as there; whoever does a task need not be its owner.
    """

    connection: Connection
    programme: Programme
    by: str
    at: datetime
    source: Source = "cli"

    @property
    def day(self) -> date:
        """The day in Amsterdam."""
        return day_in_amsterdam(self.at)

    def record(
        self,
        verb: str,
        subject_id: str,
        client_id: str | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Write it down; arguments as in record_act."""
        record_act(self.connection, self.at, self.by, verb, subject_id, self.source, client_id, before, after)


def record_act(
    connection: Connection,
    at: datetime,
    by_name: str,
    act: str,
    subject_id: str,
    source: Source = "cli",
    client_id: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down an act for good; acts are never changed.

    Args:
        at: the moment of the act; when it was entered is the database's own time.
        by_name: the person of [[people]], spelled as there.
        act: the verb and its noun, e.g. "end task", "resolve case", "away".
        before, after: what changed, without names, addresses or words of a client.
    """
    connection.execute(
        insert(acts).values(
            at=at,
            recorded_at=clock.now(),
            by_name=by_name,
            source=source,
            act=act,
            subject_id=subject_id,
            client_id=client_id,
            before=_json(before),
            after=_json(after),
        )
    )


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, default=str, sort_keys=True)
