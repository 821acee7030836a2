"""What was ordered in some days, project by project, as a temporary table.

The databases begin with these few, where they would otherwise begin with all messages that may have come before.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Connection, Date, Integer, MetaData, Table, select

from models.database.columns import CODE_POINT
from models.present import projects
from tasks.figures.counting import fill, is_purchase, people

purchases = Table(
    "figures_purchases",
    MetaData(),
    Column("project_id", CODE_POINT, nullable=False),
    Column("person", Integer, nullable=False),
    Column("ordered_on", Date, nullable=False),
    Column("value_cents", BigInteger),
    prefixes=["TEMPORARY"],
)


def fill_purchases(connection: Connection, after: date, as_of: date) -> None:
    """The purchases of the days after `after`, as of a day. What the table had before goes."""
    purchases.drop(connection, checkfirst=True)
    purchases.create(connection)
    found = {"person": people.c.person, **{column.name: column for column in projects.c}}
    rows = (
        select(*(found[column.name] for column in purchases.c))
        .join_from(projects, people, people.c.client_id == projects.c.client_id)
        .where(is_purchase(as_of), projects.c.ordered_on > after)
    )
    fill(connection, purchases, [column.name for column in purchases.c], rows)
