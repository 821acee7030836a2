"""What a template can use: the fields that it can place, and the choices that it can test."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from programme.campaigns.texts import texts_of
from programme.mail.variables import NEUTRAL, Choice
from programme.terms.schema import Programme, Tier
from tasks.mail.templating.palette import METALS

FIELDS = frozenset(
    {
        "address", "answer_url", "club", "code", "dashboard_url", "delivered_on", "discount", "discount_on", "earned",
        "engineer", "greeting", "larger", "member_code", "missing", "name", "next_reward", "offer_percent",
        "preferences_url", "progress", "project", "project_for", "quote_sent_on", "quoted", "reference",
        "unsubscribe_url", "valid_until",
    }
)  # fmt: skip

HALF_YEAR = 6  # months


class FieldMisused(Exception):
    """A template tests a recipient's value, which is not known while the template is compiled."""


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


def answer_of(variant: Mapping[str, Choice], question: str) -> Choice:
    """The variant's answer: the value of a choice, or for "segment=starter|verbouwer" whether it is one of those.

    A variant from the log has only the choices that its template asked for; any other choice is neutral.

    Raises:
        KeyError: no choice has this name.
    """
    if question in variant:
        return variant[question]
    name, is_asked, values = question.partition("=")
    value = variant.get(name, NEUTRAL[name])
    return value in values.split("|") if is_asked else value


class Choices:
    """A variant as a template sees it, with the words that follow from it; it records the questions in order.

    A narrow question leads to fewer variants: `v.is_type("dakkapel")` has two answers, `v.type` has six.
    """

    def __init__(self, programme: Programme, variant: Mapping[str, Choice]) -> None:
        self._programme = programme
        self._variant = variant
        self._answers: dict[str, Choice] = {}

    def __getattr__(self, name: str) -> Choice:
        if name not in NEUTRAL and name not in self._variant:
            raise AttributeError(name)
        return self._answer(name)

    def answers(self) -> dict[str, Choice]:
        """The questions so far with their answers. Not for templates."""
        return dict(self._answers)

    def is_segment(self, *segment_ids: str) -> bool:
        """Whether the client is in one of these segments."""
        return self._is_one_of("segment", segment_ids)

    def is_type(self, *project_types: str) -> bool:
        """Whether the project has one of these types."""
        return self._is_one_of("type", project_types)

    def is_for(self, *readers: str) -> bool:
        """Whether the mail speaks to one of these: "aannemer", "architect", or the id of a segment."""
        return self._is_one_of("reader", readers)

    @property
    def level(self) -> int:
        """The place of the client's tier, from 1 for the lowest; 0 without one."""
        return self._rank("tier") + 1

    @property
    def metal(self) -> str:
        """The colour of the client's tier in light mode."""
        return METALS[min(max(self.level, 1), len(METALS)) - 1]

    @property
    def club_before(self) -> Tier | None:
        """In a mail about reaching a tier, the one that the client had before."""
        return self._tier(str(self._answer("tier_before")))

    @property
    def gained(self) -> list[str]:
        """The benefits that the client's tier adds to the one before, without the discounts."""
        first = self._rank("tier_before") + 1
        return [benefit for tier in self._programme.tiers[first : self.level] for benefit in tier.benefits]

    @property
    def kept(self) -> list[str]:
        """The benefits that the client had and keeps."""
        return [benefit for tier in self._programme.tiers[: self._rank("tier_before") + 1] for benefit in tier.benefits]

    @property
    def is_highest(self) -> bool:
        """Whether no tier is above the client's."""
        return self.level == len(self._programme.tiers)

    @property
    def club(self) -> Tier | None:
        """The client's tier, for what it alone has, such as its benefits; None without one."""
        return self._tier(str(self._answer("tier")))

    @property
    def next_club(self) -> Tier | None:
        """The next tier; None when the mail names none."""
        return self._tier(str(self._answer("next_tier")))

    @property
    def priority(self) -> str:
        """The first benefit of the lowest tier with a personal code, for clients of that tier or above; else ""."""
        first = next((tier for tier in self._programme.tiers if tier.code_prefix), None)
        return first.benefits[0] if first and first.benefits and self._answer("has_own_code") else ""

    @property
    def steps(self) -> list[str]:
        """The projects that may follow a cross-sell's target: "een fundering", "een renovatie"."""
        return [self._programme.types[step].a for step in str(self._answer("next_steps")).split()]

    @property
    def is_spring(self) -> bool:
        """Whether the mail's season starts in the first half of the year, whatever the firm calls it."""
        start = self._programme.seasons.starts.get(str(self._answer("season")))
        return start is not None and start.month <= HALF_YEAR

    @property
    def texts(self) -> Mapping[str, Any]:
        """The marketer's own texts of a campaign."""
        return texts_of(str(self._answer("copy")))

    def _is_one_of(self, name: str, values: Iterable[str]) -> bool:
        return bool(self._answer(f"{name}={'|'.join(values)}"))

    def _answer(self, question: str) -> Choice:
        if question not in self._answers:
            self._answers[question] = answer_of(self._variant, question)
        return self._answers[question]

    def _rank(self, question: str) -> int:
        """The place of a tier in the programme file, from 0; -1 for none."""
        ids = [tier.id for tier in self._programme.tiers]
        tier = str(self._answer(question))
        return ids.index(tier) if tier in ids else -1

    def _tier(self, tier_id: str) -> Tier | None:
        return next((tier for tier in self._programme.tiers if tier.id == tier_id), None)
