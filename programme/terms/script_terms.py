"""What the programme file says in the place of our words in the scripts of calls and letters: [scripts.<kind>]."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field

from programme.terms.tables.parts import Part

TaskKind = Literal[
    "case_call", "case_solution", "case_fix", "case_check_in", "case_follow_up", "contact_asked", "reply", "lead",
    "look", "handover", "many_contacts", "overdue_invoice", "build_check", "exit_call", "channel_change",
    "win_back_call",
]  # fmt: skip

MARKETING = frozenset({"exit_call", "channel_change", "win_back_call"})

# What own words may place between { and }; each is text of programme.care.scripts, neutral where it is not known.
FACTS = (
    "firm", "phone", "person", "salutation", "happened_on", "subject", "promise_at", "higher_person", "mail", "work",
    "plan", "number", "amount", "tier", "year", "code", "code_until", "friend_discount", "engineer",
)  # fmt: skip

Words = Annotated[str, Field(min_length=1, max_length=600)]


class ScriptTerms(Part):
    """The firm's own words of one script; what is left out stays ours.

    Between { and } may stand what is known of the task: one of FACTS.
    """

    why: Words | None = None
    do: Words | None = None
    opening: Words | None = None
    questions: Annotated[tuple[Words, ...], Field(max_length=3)] = ()
    offer: Words | None = None
    avoid: Words | None = None
    closing: Words | None = None
    letter: Words | None = None  # what the letter says, between its salutation and its end

    @property
    def given(self) -> dict[str, str | tuple[str, ...]]:
        """The parts that the firm has words for."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name))}


def names_in(text: str) -> list[str]:
    """What stands between { and } in a text. Raises ValueError for one that does not close."""
    parts = list(Formatter().parse(text))
    # "{work:>9}" and "{work!r}" are names that no script knows, and told so.
    return [
        f"{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
        for _, name, form, conversion in parts
        if name is not None
    ]
