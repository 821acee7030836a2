"""An earlier campaign as the form of a new one."""

from typing import Any

from sqlalchemy import Engine, select

from models.database.engine import reading
from models.tables import campaigns
from programme.campaigns.form.copied import copied_form
from programme.terms.schema import Programme


def read_copy(engine: Engine, programme: Programme, name: str) -> dict[str, Any] | None:
    """The groups of the form, without name and dates; None when there is no campaign of this name."""
    query = select(campaigns.c.said, campaigns.c.audience).where(campaigns.c.name == name)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return copied_form(programme, row.said, row.audience) if row else None
