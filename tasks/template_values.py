"""What a template can say: the fields it can place and the choices it can ask for."""

from collections.abc import Mapping
from typing import Any, NoReturn

from programme.campaign_copy import texts_of
from programme.context import NEUTRAL
from programme.schema import Programme, Tier
from programme.wording import PROJECT_WORDS, ProjectWords

FIELDS = frozenset(
    {
        "answer_url",
        "code",
        "dashboard_url",
        "delivered_on",
        "earned",
        "engineer",
        "missing",
        "name",
        "quote_sent_on",
        "reference",
        "unsubscribe_url",
        "valid_until",
    }
)


class FieldMisused(Exception):
    """A template asks something of a recipient's value, which is not known while it is compiled."""


class Field:
    """A recipient's own value as a template sees it: it can be placed, and nothing else."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return f"[[{self._name}]]"

    def __html__(self) -> str:
        return f"[[{self._name}.h]]"

    def _refuse(self, *_arguments: object) -> NoReturn:
        raise FieldMisused(
            f"f.{self._name} can only be placed in the text: its value is not known yet. "
            f"For a condition use a choice: v.{', v.'.join(NEUTRAL)}."
        )

    __bool__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __len__ = __iter__ = __contains__ = _refuse
    __add__ = __radd__ = __mod__ = __mul__ = __getitem__ = __int__ = __float__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class Choices:
    """A variant as a template sees it, with the words that follow from it; remembers which choices were asked for."""

    def __init__(self, programme: Programme, variant: Mapping[str, Any]) -> None:
        self._programme = programme
        self._values = {**NEUTRAL, **variant}
        self._used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        self._used.add(name)
        return self._values[name]

    def used(self) -> frozenset[str]:
        """Names of the choices asked for so far; it is not for templates."""
        return frozenset(self._used)

    @property
    def words(self) -> ProjectWords:
        return PROJECT_WORDS.get(self.type) or PROJECT_WORDS["overig"]

    @property
    def project(self) -> str:
        """The project as its reader calls it: a contractor's or architect's own project is somebody else's house."""
        return self.words.the if self.segment == "professional" else self.words.yours

    @property
    def club(self) -> Tier | None:
        return self._tier(self.tier)

    @property
    def next_club(self) -> Tier | None:
        return self._tier(self.next_tier)

    @property
    def priority(self) -> str:
        """What the first tier with a code of its own brings, for whoever has that tier or a higher one."""
        first = next((tier for tier in self._programme.tiers if tier.code_prefix), None)
        return first.benefits[0] if first and first.benefits and self.club and self.club.code_prefix else ""

    @property
    def steps(self) -> list[str]:
        """What may follow a cross-sell's target: "een fundering", "een renovatie"."""
        return [PROJECT_WORDS[step].a for step in self.next_steps.split()]

    @property
    def texts(self) -> Mapping[str, Any]:
        """The marketer's own words of a campaign."""
        return texts_of(self.copy)

    @property
    def quoted(self) -> str:
        return PROJECT_WORDS[self.quote_type].yours if self.quote_type else "uw plannen"

    def _tier(self, tier_id: str) -> Tier | None:
        return next((tier for tier in self._programme.tiers if tier.id == tier_id), None)
