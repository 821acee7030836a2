"""What the programme file says about figures."""

from typing import Annotated

from pydantic import Field

from programme.terms.parts import Part


class FigureTerms(Part):
    small_n: Annotated[int, Field(ge=1, le=10_000)] = 20  # of fewer a share is not told to people
