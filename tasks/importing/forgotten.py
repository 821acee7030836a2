"""Words that are older than their retention period: an export does not bring them back once they are gone."""

from datetime import date

from sqlalchemy import exists, or_, select, update

from models.tables import feedback, interactions
from tasks.importing.staging.stage import Stage

# The column with words of each table that the export fills, with the column of its day.
WORDS = {feedback.name: ("comment", "given_on"), interactions.name: ("topic", "occurred_on")}


def keep_forgotten(stage: Stage, since: date | None) -> None:
    """Old words become what is stored: still there while a complaint is open, gone otherwise.

    Of feedback that comes for the first time they are taken unless it was resolved before that day as well: it may be
    a complaint that is open. Housekeeping takes them away when it is none.

    Args:
        since: the first day whose words are kept; None keeps all.
    """
    column, day = WORDS.get(stage.sheet.table.name, ("", ""))
    if since is None or column not in stage.names:
        return
    own = stage.sheet.table
    is_stored = own.c[stage.sheet.id_column] == stage.id
    stored = select(own.c[column]).where(is_stored).correlate_except(own)
    old = update(stage.table).where(stage.table.c[day] < since, stage.table.c[column].is_not(None))
    if "resolved_on" in stage.names:
        is_over = stage.table.c.resolved_on < since
        old = old.where(or_(is_over, exists().where(is_stored).correlate_except(own)))
    stage.connection.execute(old.values({column: stored.scalar_subquery()}))
