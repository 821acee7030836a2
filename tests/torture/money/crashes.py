"""An error before the n-th statement of an act, as if the process had died there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

from models.database import bulk

WRITERS = ("tasks.money.ledger", "tasks.referrals.settlement", "tasks.referrals.statements")


class Crash(BaseException):
    """Nothing catches it but the history, as nothing catches a SIGKILL."""


@contextmanager
def crashing(engine: Engine, before: int) -> Iterator[None]:
    """Raise Crash before the statement of that number, from 0; those that go round SQLAlchemy are counted too."""
    left = before

    def pass_one(*_: Any) -> None:
        nonlocal left
        if left == 0:
            raise Crash
        left -= 1

    def insert_rows(*arguments: Any, **options: Any) -> int:
        pass_one()
        return bulk.insert_rows(*arguments, **options)

    event.listen(engine, "before_cursor_execute", pass_one)
    patches = [patch(f"{module}.insert_rows", insert_rows) for module in WRITERS]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
        event.remove(engine, "before_cursor_execute", pass_one)
