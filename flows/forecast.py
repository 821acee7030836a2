"""Which automated mails are to come, per day and touchpoint, if nothing else happens."""

from typing import Annotated

from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.secrecy import flow, task
from flows.ui.artifacts.forecast import publish_agenda
from programme.insight.calendar.form_fields import ForecastQuestion
from programme.insight.calendar.mail_calendar import Agenda
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.insight.forecast import forecast_mails

look_ahead = task(name="look-ahead", cache_policy=NO_CACHE)(forecast_mails)

NEXT_QUARTER = ForecastQuestion()


@flow(name="forecast", flow_run_name="forecast-{question.days}-dagen")
def forecast(
    question: Annotated[ForecastQuestion, Field(json_schema_extra={"title": "Uw vraag"})] = NEXT_QUARTER,
) -> Agenda:
    """Toont welke automatische mails er aankomen, per dag en per bericht; er wordt niets geschreven of verstuurd.

    Args:
        question: Vanaf welke dag u wilt zien wat er komt, en hoeveel dagen.
    """
    workspace = open_workspace()
    first = question.first or today_in_amsterdam()
    return publish_agenda(look_ahead(workspace.engine, workspace.programme, first, question.days))
