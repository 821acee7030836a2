"""The fields of the forms for calendar and what-if, with Dutch labels and help, as the Prefect form shows them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from programme.insight.calendar.mail_calendar import LONGEST_DAYS

LONGEST_TEXT = 100_000  # characters; the shipped programme has some 9,000


# The docstrings of these models are Dutch, because the Prefect form shows them to the marketer.
class ForecastQuestion(BaseModel):
    """Welke dagen u wilt zien."""

    first: Annotated[
        date | None, Field(title="Eerste dag", description="Leeg is vandaag. Wat later bekend werd, telt niet mee.")
    ] = None
    days: Annotated[
        int, Field(ge=1, le=LONGEST_DAYS, title="Aantal dagen", description=f"Van 1 tot en met {LONGEST_DAYS}.")
    ] = 90


class WhatIfQuestion(BaseModel):
    """Wat u zou willen veranderen, en over welke dagen u het wilt zien."""

    first: Annotated[date, Field(title="Eerste dag", description="Mag ook in het verleden liggen.")]
    last: Annotated[date, Field(title="Laatste dag", description="Deze dag telt mee.")]
    meaning: Annotated[
        Literal["wijzigingen", "heel programma"],
        Field(
            title="Wat staat er in de tekst?",
            description="Alleen de regels die anders worden, of een heel programmabestand.",
        ),
    ] = "wijzigingen"
    text: Annotated[
        str,
        Field(
            max_length=LONGEST_TEXT,
            title="Tekst",
            description="Per regel een sleutel en zijn nieuwe waarde, bijvoorbeeld: caps.marketing_gap_days = 10 "
            "of: touchpoints.seasonal.grace_days = 14",
        ),
    ]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "WhatIfQuestion":
        if self.last < self.first:
            raise ValueError(f"de laatste dag, {self.last}, ligt voor de eerste, {self.first}")
        return self
