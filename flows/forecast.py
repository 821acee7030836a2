"""Which automated mails are to come, per day and touchpoint, if nothing else happens."""

from typing import Annotated

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.outlook import publish_agenda
from programme.agenda import Agenda
from programme.questions import ForecastQuestion
from tasks import forecasting
from tasks.desk import open_desk, today_in_amsterdam

look_ahead = task(name="look-ahead", cache_policy=NO_CACHE)(forecasting.forecast_mails)

NEXT_QUARTER = ForecastQuestion()


@flow(name="forecast", flow_run_name="forecast-{question.days}-dagen")
def forecast(
    question: Annotated[ForecastQuestion, Field(json_schema_extra={"title": "Uw vraag"})] = NEXT_QUARTER,
) -> Agenda:
    """Toont welke automatische mails er aankomen, per dag en per bericht; er wordt niets geschreven of verstuurd.

    Args:
        question: welke dagen u wilt zien.
    """
    desk = open_desk()
    first = question.first or today_in_amsterdam()
    return publish_agenda(look_ahead(desk.engine, desk.programme, first, question.days))
