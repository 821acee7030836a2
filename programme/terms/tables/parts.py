"""The building blocks of every table of the programme file."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from programme.words.dates import Offset

# Strict: 75.00 is somebody's euros, and would count as 75 cents.
Cents = Annotated[int, Field(ge=0, le=100_000_000_00, strict=True)]
Percent = Annotated[int, Field(ge=0, le=100)]  # whole percents
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OffsetText = Annotated[
    Offset,
    BeforeValidator(lambda text: Offset.parse(text) if isinstance(text, str) else text),
    PlainSerializer(str),
]


class Part(BaseModel):
    """A table of the programme file: immutable, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
