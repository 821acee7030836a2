"""What is wrong with a filled-in form: a sentence, and the place in the form where it belongs."""

from collections.abc import Collection
from typing import Any


class FormFault(str):
    """A Dutch sentence that says which field, what is wrong with it and what to do.

    Attributes:
        place: the field, such as "subject" or "none_of.areas"; or its group, where no field is to blame.
    """

    place: str

    def __new__(cls, sentence: str, place: str = "") -> "FormFault":
        """The sentence, and its place; "" for the form as a whole."""
        fault = super().__new__(cls, sentence)
        fault.place = place
        return fault

    def __getnewargs__(self) -> Any:
        """For copies and pickles of it."""
        return str(self), self.place

    @property
    def text(self) -> str:
        """The sentence without the field that it names, as it stands beside that field."""
        text = self.partition(": ")[2] or self
        return text[:1].upper() + text[1:]

    def is_about(self, places: Collection[str]) -> bool:
        """Whether its place, or the group that it is in, is one of these."""
        return self.place in places or self.place.partition(".")[0] in places
