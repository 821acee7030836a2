"""Words that are older than their retention period: an export does not bring them back once they are gone."""

from datetime import date

from sqlalchemy import select, update

from models.tables import feedback, interactions
from tasks.importing.staging.stage import Stage

# The column with words of each table that the export fills, with the column of its day.
WORDS = {feedback.name: ("comment", "given_on"), interactions.name: ("topic", "occurred_on")}


def keep_forgotten(stage: Stage, before: date | None) -> None:
    """Old words become what is stored: still there while a complaint is open, gone otherwise.

    Args:
        before: the first day whose words are kept; None keeps all.
    """
    column, day = WORDS.get(stage.sheet.table.name, ("", ""))
    if before is None or column not in stage.names:
        return
    own = stage.sheet.table
    stored = select(own.c[column]).where(own.c[stage.sheet.id_column] == stage.id).correlate_except(own)
    old = update(stage.table).where(stage.table.c[day] < before, stage.table.c[column].is_not(None))
    stage.connection.execute(old.values({column: stored.scalar_subquery()}))
