"""What if the programme were another: who would gain, lose or move a message."""

from typing import Annotated

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.outlook import publish_comparison
from programme.questions import WhatIfQuestion
from tasks import whatif
from tasks.desk import open_desk

SHOWN_PEOPLE = 500  # in the artifacts; a page with more is slow to open

compare = task(name="compare", cache_policy=NO_CACHE)(whatif.compare)


@flow(name="what-if", flow_run_name="what-if-{question.first}-{question.last}")
def what_if(
    question: Annotated[WhatIfQuestion, Field(json_schema_extra={"title": "Uw vraag"})],
) -> whatif.Comparison:
    """Laat zien wie een mail erbij, eraf of op een andere dag krijgt als het programma verandert.

    Er wordt niets geschreven, niets verstuurd en niets aan het programma veranderd.

    Args:
        question: wat u zou willen veranderen, en over welke dagen.
    """
    desk = open_desk()
    if question.meaning == "wijzigingen":
        new = whatif.with_changes(desk.settings.programme, question.text)
    else:
        new = whatif.programme_in(question.text)
    return publish_comparison(
        compare(desk.engine, desk.programme, new, question.first, question.last, people=SHOWN_PEOPLE)
    )
