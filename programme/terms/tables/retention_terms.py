"""How long data are kept, as the programme file says."""

from datetime import date
from typing import Annotated

from pydantic import Field

from programme.terms.tables.parts import Part
from programme.words.dates import add_months

Months = Annotated[int, Field(ge=1, le=240)]


class RetentionTerms(Part):
    """The retention periods. What is over goes at night; figures, and the rows that they count, stay."""

    # Seven at least: Algemene wet inzake rijksbelastingen, art. 52 (4).
    books_years: Annotated[int, Field(ge=7, le=100)] = 7
    words_months: Months = 24  # words of complaints, notes and replies, after the case closed or they were written
    mails_months: Months = 24  # what a mail said to its recipient; that it went is kept
    events_months: Months = 3  # the provider's events as they arrived; what they mean is kept
    decisions_months: Months = 36  # the address of a decision; the decision itself is kept
    health_months: Months = 24  # earlier states of a client's health
    sessions_days: Annotated[int, Field(ge=1, le=3650)] = 30  # ended sessions and used links of the desk
    outbox_days: Annotated[int, Field(ge=1, le=3650)] = 365  # mails as files, where nothing leaves the machine

    def words_since(self, day: date) -> date:
        """The first day whose words are kept still."""
        return add_months(day, -self.words_months)
