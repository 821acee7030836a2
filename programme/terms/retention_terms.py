"""How long data are kept, as the programme file says."""

from typing import Annotated

from pydantic import Field

from programme.terms.parts import Part


class RetentionTerms(Part):
    """The retention periods."""

    # Seven at least: Algemene wet inzake rijksbelastingen, art. 52 (4).
    books_years: Annotated[int, Field(ge=7, le=100)] = 7
