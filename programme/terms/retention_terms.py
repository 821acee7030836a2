"""What the programme file says about how long things are kept."""

from typing import Annotated

from pydantic import Field

from programme.terms.parts import Part


class RetentionTerms(Part):
    # Seven at least: Algemene wet inzake rijksbelastingen, art. 52 (4).
    books_years: Annotated[int, Field(ge=7, le=100)] = 7
