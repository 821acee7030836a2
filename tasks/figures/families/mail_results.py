"""How the mails of the 12 months to a day did, without the rest of the report: the same counts, in less time."""

from datetime import date

from sqlalchemy import Engine

from programme.figures.families.funnels import Funnel
from programme.figures.report import By
from programme.terms.schema import Programme
from tasks.figures.counting import counting, steadily
from tasks.figures.families.deliveries import Split, read_deliveries
from tasks.figures.families.mails import read_funnels


def read_mail_results(
    engine: Engine, programme: Programme, as_of: date, split: Split | None = None
) -> tuple[Funnel, ...]:
    """What `read_report` has under `touchpoints`, counted by client record and divided alike."""
    with steadily(engine) as connection, counting(connection, By.CLIENT):
        (deliveries,) = read_deliveries(connection, [as_of], split)
        return read_funnels(connection, as_of, programme.figures.window_days, deliveries, split)
