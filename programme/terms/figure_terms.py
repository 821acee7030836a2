"""The terms of figures in the programme file."""

from typing import Annotated

from pydantic import Field

from programme.terms.parts import Part


class FigureTerms(Part):
    """How figures are shown."""

    small_n: Annotated[int, Field(ge=1, le=10_000)] = 20  # a share of fewer is not shown
