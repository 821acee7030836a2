"""The base of the classes that describe our tables."""

from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel
from sqlmodel.main import SQLModelMetaclass


class _TableAlone(SQLModelMetaclass):
    """Makes the table of a class, and no mapper.

    We read and write through SQLAlchemy Core, and every command would make mappers for longer than tables. Who wants
    objects all the same maps a class first: `registry().map_imperatively(ClientRow, ClientRow.__table__)`.
    """

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> None:
        if not options.get("table"):
            super().__init__(name, bases, namespace, **options)
            return
        columns = [vars(cls)[field] for field in cls.model_fields]
        for field, column in zip(cls.model_fields, columns, strict=True):
            column.name = column.key = field
        others = namespace.get("__table_args__", ())
        cls.__table__ = Table(namespace["__tablename__"], cls.metadata, *columns, *others)


class Row(SQLModel, metaclass=_TableAlone):
    """One row of a table; its fields are the columns."""

    model_config = {"defer_build": True}  # nobody validates by these classes, so pydantic need not prepare for it
