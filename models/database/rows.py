"""The base of the classes that describe our tables."""

from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel
from sqlmodel.main import SQLModelMetaclass


class _TableAlone(SQLModelMetaclass):
    """Makes the table of a class and no mapper, which together took twice as long for each command.

    We read and write through SQLAlchemy Core, so nothing needs a mapper. Who wants objects all the same maps the class
    first: `registry().map_imperatively(ClientRow, ClientRow.__table__)`.
    """

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> None:
        if not options.get("table"):
            super().__init__(name, bases, namespace, **options)
            return
        columns = {field: vars(cls)[field] for field in cls.model_fields}
        for field, column in columns.items():
            column.name = column.key = field
        others = namespace.get("__table_args__", ())
        cls.__table__ = Table(namespace["__tablename__"], cls.metadata, *columns.values(), *others)


class Row(SQLModel, metaclass=_TableAlone):
    """One row of a table; its fields are the columns."""

    model_config = {"defer_build": True}  # nobody validates by these classes, so pydantic need not prepare for it
