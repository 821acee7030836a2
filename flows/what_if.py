"""What if the programme were another: who would gain, lose or move a message."""

from typing import Annotated

from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.secrecy import flow, task
from flows.ui.artifacts.forecast import publish_comparison
from programme.insight.calendar.form_fields import WhatIfQuestion
from tasks.base.workspace import open_workspace
from tasks.insight.what_if import Comparison, programme_in, with_changes
from tasks.insight.what_if import compare as compare_plans

SHOWN_PEOPLE = 500  # in the artifacts; a page with more is slow to open

compare = task(name="compare", cache_policy=NO_CACHE)(compare_plans)


@flow(name="what-if", flow_run_name="what-if-{question.first}-{question.last}")
def what_if(
    question: Annotated[WhatIfQuestion, Field(json_schema_extra={"title": "Uw vraag"})],
) -> Comparison:
    """Laat zien wie een mail erbij, eraf of op een andere dag krijgt als het programma verandert.

    Er wordt niets geschreven, niets verstuurd en niets aan het programma veranderd.

    Args:
        question: Wat u zou willen veranderen, en over welke dagen.
    """
    workspace = open_workspace()
    if question.meaning == "wijzigingen":
        new = with_changes(workspace.settings.programme, question.text)
    else:
        new = programme_in(question.text)
    return publish_comparison(
        compare(workspace.engine, workspace.programme, new, question.first, question.last, people=SHOWN_PEOPLE)
    )
