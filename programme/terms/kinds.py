"""The kinds of mail: every mail that this programme can make, whichever room makes it.

Touchpoints and the templates of campaigns come from the programme file. A room with mails of its own lists them as
`MAILS`, a tuple of MailKind, in `programme/<room>/mails.py`; its templates stand beside all others in templates/mail/.
Nothing else needs to register them: `kinds_of_rooms` finds them by that name, e.g. programme/referrals/mails.py:

    IBAN_LINK = MailKind(
        "iban_link", "Link om uw rekening op te geven", Purpose.SERVICE, "rewards",
        rules=frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED}),
        stopped_by=frozenset({SuppressionReason.BOUNCE, SuppressionReason.INVALID}),
        is_one_a_day=False, fields=frozenset({"link_url"}), sample={"link_url": "https://…"},
    )
    MAILS = (IBAN_LINK,)
"""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

import programme as rooms
from programme.words.states import Purpose, Reason, SuppressionReason, Topic

Choice = str | bool | int
Signer = Literal["team", "engineer"]

OF_SURVEYS = frozenset({Reason.NO_DELIVERY, Reason.SURVEY_BUDGET})
EVERY_RULE = frozenset(Reason) - OF_SURVEYS
# Of a survey that somebody starts by hand (care section 7.4).
SURVEY_RULES = OF_SURVEYS | {Reason.NO_ADDRESS, Reason.SUPPRESSED, Reason.NOT_WANTED, Reason.OPEN_CASE}
LISTED_IN = "mails"  # the name of the module in which a room lists its kinds


class UnknownKind(KeyError):
    """No kind of mail has this name."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class MailKind:
    """A kind of mail: what it is for, which rules apply to it, and what its template can say.

    Attributes:
        id: as stored in the message log (`touchpoint`).
        label: Dutch, for the marketer.
        flow: the flow that makes it, as stored in the message log.
        priority: the highest is judged first when several are due for one recipient.
        repeat_days: least number of days between two mails of this kind to one recipient; None for no limit.
        topic: what the preference page counts it to; None for a mail that cannot be switched off by topic.
        until_built: not sent about a project any more once the client said that the building work is done.
        is_survey: it asks for an opinion, so it uses the recipient's survey budget.
        pause: waits while the recipient has a running project.
        rules: the rules of section 4 that apply to it, each by its reason.
        stopped_by: the suppressions for which rule 2 stops it; None means any.
        is_one_a_day: it counts for the one mail a day of rule 9.
        is_of_cap: it counts for the days of rule 10.
        grace_days: it may still go this many days after its moment.
        template: its file is templates/mail/<template>.jinja; "" means its id.
        anchor: what a touchpoint counts from; "" for other kinds.
        since: (months, days) from the anchor to the mail; None for other kinds.
        occasion_label: Dutch, shown before the occasion's own id, e.g. "klacht"; "" shows the id alone.
        fields, choices: what its template can place and test in addition to what every mail has; choices with their
            neutral values.
        sample: values of both for a preview without a message.
        values: the values of one particular mail; for a campaign, its texts.
    """

    id: str
    label: str
    purpose: Purpose
    flow: str
    priority: int = 0
    topic: Topic | None = None
    signed_by: Signer = "team"
    offer: str | None = None
    repeat_days: int | None = None
    pause: bool = False
    template: str = ""
    rules: frozenset[Reason] = EVERY_RULE
    stopped_by: frozenset[SuppressionReason] | None = None
    is_one_a_day: bool = True
    is_of_cap: bool = True
    grace_days: int = 0
    family: str = ""
    anchor: str = ""
    target: str | None = None
    since: tuple[int, int] | None = None
    ends_with_referral: bool = False
    until_built: bool = False
    is_survey: bool = False
    occasion_label: str = ""
    fields: frozenset[str] = frozenset()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    sample: Mapping[str, Choice] = field(default_factory=dict)
    values: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def template_name(self) -> str:
        """The name of its template file, without the ending."""
        return self.template or self.id

    def saying(self, values: Mapping[str, Choice]) -> "MailKind":
        """A copy with the values of one particular mail.

        Raises:
            ValueError: a value is missing, or is not one of this kind's fields and choices.
        """
        own = {*self.fields, *self.choices}
        if strange := sorted(set(values) - own):
            raise ValueError(f"mail {self.id} has no value '{strange[0]}'; it has {', '.join(sorted(own)) or 'none'}")
        if missing := sorted(self.fields - set(values)):
            raise ValueError(f"mail {self.id} needs a value for '{missing[0]}'")
        return replace(self, values={**self.choices, **values})


class Kinds(dict[str, MailKind]):
    """Every kind by its id, in the order of the programme file, then those of the rooms.

    Looking up an unknown id raises UnknownKind.
    """

    def __missing__(self, kind_id: str) -> MailKind:
        raise UnknownKind(f"no kind of mail is called '{kind_id}'; there are {', '.join(self)}")

    def in_log(self, kind_id: str, purpose: str = Purpose.MARKETING) -> MailKind:
        """The kind of a message in the log, with the purpose that the message has.

        A kind that the programme no longer has is read strictly: every rule applies to it.
        """
        known = self.get(kind_id)
        if known is None:
            return MailKind(kind_id, kind_id, Purpose(purpose), flow="")
        return known if known.purpose == purpose else replace(known, purpose=Purpose(purpose))


def kinds_by_id(kinds: Iterable[MailKind]) -> Kinds:
    """The kinds by their ids.

    Raises ValueError where two share an id, because the message log could not tell them apart.
    """
    found = Kinds()
    for kind in kinds:
        if kind.id in found:
            raise ValueError(f"two kinds of mail are called '{kind.id}'; rename one")
        found[kind.id] = kind
    return found


def kinds_of_rooms() -> tuple[MailKind, ...]:
    """The kinds that the rooms list, room by room in alphabetical order."""
    return _kinds_in(tuple(rooms.__path__))


@cache  # looking for them takes longer than all else of checking a programme file without faults
def _kinds_in(folders: tuple[str, ...]) -> tuple[MailKind, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(folders) if module.ispkg)
    listed = [f"{rooms.__name__}.{name}.{LISTED_IN}" for name in names]
    return tuple(kind for name in listed if find_spec(name) for kind in import_module(name).MAILS)
