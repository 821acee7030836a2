"""What can be turned at a mail: each a field of the form, with its help, its key in the programme file and its value.

A knob reads what was typed into a value of the file. Whether that value is allowed is the programme check's to say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from programme.proposals.changes import Change, Key, value_at
from programme.proposals.typed import ONE, UNITS, check_unit, length_of, read_answer, read_day, read_number, span_of
from programme.terms.schema import Programme, Touchpoint

LONGEST_TYPED = 60  # characters of a field
TRIAL, GAPS = "Vergelijkingsgroep", "Rust tussen mails (geldt voor alle mails)"
FOLDED = {TRIAL, GAPS}  # headings of what few need


class KnobKind(StrEnum):
    """How a knob looks: a number, a number with a unit, a choice of several, yes or no, a percentage, a day."""

    NUMBER = "number"
    SPAN = "span"
    CHOICE = "choice"
    FLAG = "flag"
    PERCENT = "percent"
    DAY = "day"


@dataclass(frozen=True)
class Knob:
    """One field of the form.

    Attributes:
        id: the name of the field; of a span, its unit is `<id>_unit`.
        key: where the value stands in the programme file.
        now: the value that holds, also where the file leaves it out.
        choices: (value, words) of a choice; "" is that the key is left out.
        heading: the group of the form.
        may_be_empty: whether an empty field leaves the key out.
    """

    id: str
    label: str
    help: str
    kind: KnobKind
    key: Key
    now: Any
    heading: str
    choices: tuple[tuple[str, str], ...] = ()
    may_be_empty: bool = False
    after: str = ""

    def typed(self, fields: Mapping[str, str]) -> str:
        """What stands in the field: what was typed, else what holds."""
        return fields[self.id].strip()[:LONGEST_TYPED] if self.id in fields else self.shown

    def unit(self, fields: Mapping[str, str]) -> str:
        """The unit of a span: what was chosen, else that of what holds."""
        chosen = fields.get(f"{self.id}_unit", "")
        return chosen if chosen in UNITS else span_of(self.now)[1]

    @property
    def shown(self) -> str:
        """What holds, as the field shows it."""
        if self.now is None:
            return ""
        match self.kind:
            case KnobKind.SPAN:
                return str(span_of(self.now)[0])
            case KnobKind.FLAG:
                return "ja" if self.now else "nee"
            case KnobKind.PERCENT:
                return f"{round(self.now * 100, 2):g}"
            case KnobKind.DAY:
                return str(self.now.isoformat())
        return str(self.now)

    def words(self, value: Any) -> str:
        """A value in Dutch, as "6 maanden", "ja", "geen"."""
        if value is None:
            return "geen"
        match self.kind:
            case KnobKind.SPAN:
                number, unit = span_of(value)
                return f"{number} {ONE[unit] if number == 1 else UNITS[unit]}"
            case KnobKind.FLAG:
                return "ja" if value else "nee"
            case KnobKind.PERCENT:
                return f"{round(value * 100, 2):g}%".replace(".", ",")
            case KnobKind.DAY:
                return f"{value.day}-{value.month}-{value.year}"
            case KnobKind.CHOICE:
                return dict(self.choices).get(value, str(value))
        return f"{value} {self.after}".strip()

    def read(self, fields: Mapping[str, str]) -> Any:
        """The value that was typed, as the file would hold it; None to leave the key out. Raises Unread."""
        text = self.typed(fields)
        if not text and self.may_be_empty:
            return None
        match self.kind:
            case KnobKind.SPAN:
                return f"{read_number(text)} {self.unit(fields)}"
            case KnobKind.FLAG:
                return read_answer(text)
            case KnobKind.PERCENT:
                return read_number(text) / 100
            case KnobKind.DAY:
                return read_day(text)
            case KnobKind.CHOICE:
                return text
        return read_number(text)

    def change(self, raw: Mapping[str, Any], fields: Mapping[str, str]) -> Change | None:
        """What was typed as a change; None where it means what holds. Raises Unread."""
        check_unit(fields.get(f"{self.id}_unit", ""))
        is_same_unit = self.kind is not KnobKind.SPAN or self.unit(fields) == span_of(self.now)[1]
        if is_same_unit and self.typed(fields) == self.shown:
            return None
        new = self.read(fields)
        is_same = length_of(new) == length_of(self.now) if self.kind is KnobKind.SPAN and new else new == self.now
        return None if is_same else Change(self.key, value_at(raw, self.key), new)


def knobs_of(programme: Programme, mail_id: str, as_of: date) -> list[Knob]:
    """The knobs of a touchpoint or of a campaign's template, in the order of the form."""
    touchpoint = programme.touchpoints.get(mail_id)
    if touchpoint is None:
        return list(_of_any(programme, "campaigns", mail_id))
    return [
        *_of_touchpoint(mail_id, touchpoint),
        *_of_any(programme, "touchpoints", mail_id),
        *_of_offer(programme, mail_id, touchpoint),
        *_of_holdout(programme, mail_id, as_of),
        *_of_caps(programme),
    ]


def _of_touchpoint(name: str, touchpoint: Touchpoint) -> Iterator[Knob]:
    key = ("touchpoints", name)
    yield Knob(
        "active",
        "Gaat deze mail uit?",
        "Bij nee krijgt niemand hem. Wat al is verstuurd, blijft bekend.",
        KnobKind.FLAG,
        (*key, "active"),
        touchpoint.active,
        "De mail",
    )
    yield Knob(
        "offset", "Hoe lang erna", f"Gerekend vanaf {ANCHOR_WORDS[touchpoint.anchor]}.",
        KnobKind.SPAN, (*key, "offset"), touchpoint.offset, "Wanneer",
    )  # fmt: skip


def _of_any(programme: Programme, table: str, name: str) -> Iterator[Knob]:
    mail: Any = getattr(programme, table)[name]
    key = (table, name)
    yield Knob(
        "grace_days",
        "Mag nog zoveel dagen later",
        "Wie op de dag zelf niet kan, krijgt hem later, tot deze grens.",
        KnobKind.NUMBER,
        (*key, "grace_days"),
        mail.grace_days,
        "Wanneer",
        after="dagen",
    )
    yield Knob(
        "repeat_days",
        "Niet vaker dan eens per zoveel dagen",
        "Leeg is zonder grens.",
        KnobKind.NUMBER,
        (*key, "repeat_days"),
        mail.repeat_days,
        "Wanneer",
        may_be_empty=True,
        after="dagen",
    )
    yield Knob(
        "priority",
        "Voorrang",
        "Van 0 tot en met 100. Is iemand op één dag aan twee mails toe, dan gaat de hoogste eerst.",
        KnobKind.NUMBER,
        (*key, "priority"),
        mail.priority,
        "Voorrang",
    )
    yield Knob(
        "pause", "Wacht zolang er een project loopt?", "Bij ja krijgt iemand met een lopend project hem pas daarna.",
        KnobKind.FLAG, (*key, "pause"), mail.pause, "Voorrang",
    )  # fmt: skip


def _of_offer(programme: Programme, name: str, touchpoint: Touchpoint) -> Iterator[Knob]:
    codes = tuple((code, f"{code} ({offer.percent}%)") for code, offer in programme.offers.items())
    yield Knob(
        "offer",
        "Aanbieding",
        "De code die in de mail staat.",
        KnobKind.CHOICE,
        ("touchpoints", name, "offer"),
        touchpoint.offer,
        "Aanbieding",
        (("", "geen"), *codes),
        may_be_empty=True,
    )
    if touchpoint.offer in programme.offers:
        offer, key = programme.offers[touchpoint.offer], ("offers", touchpoint.offer)
        others = "Geldt voor elke mail met deze code."
        yield Knob(
            "percent",
            f"Korting van {touchpoint.offer} in procenten",
            others,
            KnobKind.NUMBER,
            (*key, "percent"),
            offer.percent,
            "Aanbieding",
            after="procent",
        )
        yield Knob(
            "valid_days", f"{touchpoint.offer} is zoveel dagen geldig", others,
            KnobKind.NUMBER, (*key, "valid_days"), offer.valid_days, "Aanbieding", after="dagen",
        )  # fmt: skip


def _of_caps(programme: Programme) -> Iterator[Knob]:
    for name, label, told in (
        ("marketing_gap_days", "Dagen rust voor reclame", "Geen reclame binnen zoveel dagen na welke mail ook."),
        ("service_gap_days", "Dagen rust voor mail over het project", "Na een andere mail over het project."),
        ("less_often_gap_days", "Dagen rust voor wie minder vaak wil", "In plaats van de dagen rust voor reclame."),
    ):
        now = getattr(programme.caps, name)
        yield Knob(
            name, label, told, KnobKind.NUMBER, ("caps", name), now, GAPS,
            after="dagen",
        )  # fmt: skip


def _of_holdout(programme: Programme, name: str, as_of: date) -> Iterator[Knob]:
    """Of the trial that runs or is to come; without one, the fields of a new one, which `new_trial` puts together."""
    trial = trial_of(programme, name, as_of)
    known = programme.experiments.get(trial) if trial else None
    key = ("experiments", trial or "")
    for each, label, told, kind in (
        ("holdout_share", "Deel dat de mail niet krijgt, in procenten", SHARE_HELP, KnobKind.PERCENT),
        ("first_on", "Eerste dag van de proef", "", KnobKind.DAY),
        ("last_on", "Laatste dag van de proef", "", KnobKind.DAY),
    ):
        now = getattr(known, each) if known else None
        yield Knob(each, label, told, kind, (*key, each), now, TRIAL, may_be_empty=not known)


def trial_of(programme: Programme, mail_id: str, as_of: date) -> str | None:
    """The name of the experiment on this mail that is not over."""
    found = (name for name, each in programme.experiments.items() if each.touchpoint == mail_id)
    return next((name for name in found if programme.experiments[name].last_on >= as_of), None)


def new_trial(programme: Programme, mail_id: str, values: Mapping[str, Any]) -> Change | None:
    """A new experiment as one change; None without any of its three values."""
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        return None
    first: date | None = values.get("first_on")
    base = f"{mail_id.replace('_', '-')}-{first:%Y-%m}" if first else mail_id.replace("_", "-")
    name = next(each for each in _numbered(base) if each not in programme.experiments)
    return Change(("experiments", name), None, {"touchpoint": mail_id, **given})


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


SHARE_HELP = "Zo is te zien wat de mail uitmaakt. Leeg is geen proef."
ANCHOR_WORDS: Mapping[str, str] = {
    "project_delivered": "de dag waarop het project klaar was",
    "season_start": "het begin van het seizoen",
    "tier_reached": "de dag waarop iemand het niveau bereikt",
    "quote_rejected": "de dag waarop de offerte werd afgewezen",
    "last_activity": "het laatste contact",
}
