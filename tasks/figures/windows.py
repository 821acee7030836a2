"""Each day of a range with the last day on which an order counts as coming after it, as a temporary table.

The days are worked out here, because the two databases add days to a date in two ways.
"""

from datetime import date, timedelta

from sqlalchemy import Column, Connection, Date, MetaData, Table, insert

windows = Table(
    "figures_windows",
    MetaData(),
    Column("day", Date, primary_key=True),
    Column("until", Date, nullable=False),
    prefixes=["TEMPORARY"],
)


def fill_windows(connection: Connection, first: date, last: date, window_days: int, as_of: date) -> None:
    """The days `first` … `last`; no window reaches beyond `as_of`. What the table had before goes."""
    windows.drop(connection, checkfirst=True)
    windows.create(connection)
    rows = [
        {"day": day, "until": min(day + timedelta(days=window_days), as_of)}
        for day in map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    ]
    if rows:
        connection.execute(insert(windows), rows)
