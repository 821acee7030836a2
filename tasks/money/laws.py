"""What a proof of the ledger is made of: a law, the figure that shows it, and the first that break it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

SHOWN = 5  # of what breaks a law; ids alone


class Law(NamedTuple):
    """One law of the ledger as found.

    Attributes:
        claim: what must hold, in a sentence.
        figure: what was counted.
        broken: ids of what breaks it; empty when it holds.
    """

    claim: str
    figure: str
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Nothing breaks it."""
        return not self.broken


def law(claim: str, figure: str, broken: Iterable[object] = ()) -> Law:
    """A law as found; whatever breaks it is named by its id."""
    return Law(claim, figure, tuple(str(each) for each in broken))


def number(connection: Connection, query: str, **values: Any) -> int:
    """The one number that a query gives, 0 for none."""
    return int(connection.execute(text(query), values).scalar() or 0)


def column(connection: Connection, query: str, **values: Any) -> list[str]:
    """The first column of a query."""
    return [str(row[0]) for row in connection.execute(text(query), values)]
