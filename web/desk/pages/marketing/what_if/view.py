"""What was asked of the page Wat als: a mail, its fields as typed, their faults, and what would come of it.

A result belongs to its question: it is kept by the print of both programmes, so that it never stands beside other
values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from programme.insight.outlook import Outlook
from programme.proposals.changes import Change
from programme.proposals.knobs import FOLDED, TRIAL, Knob, knobs_of, new_trial, trial_of
from programme.proposals.sentences import Sentence, said_otherwise, sentences_of
from programme.proposals.typed import Unread
from programme.terms.digest import digest_of
from programme.terms.faults import Fault
from programme.terms.schema import Programme
from programme.words.wording import date_words
from tasks.base.programme_file import ProgrammeInvalid
from tasks.insight.outlook import look_ahead
from tasks.proposals.base import Base, faults_of, read_base
from web.desk.kept import kept_of
from web.desk.visit import NotThere, Refused, Visit

DAYS = 90
PATIENCE_SECONDS = 1.2
KEPT = "desk_what_if"
BROKEN = "Het programmabestand is nu niet te lezen. Vraag het beheer: bouwclub programme check."
ELSEWHERE = "Zo past het programma niet meer in elkaar. Beheer leest waarom: {}"
NEW_TRIAL = ("holdout_share", "first_on", "last_on")


def base_of(visit: Visit) -> Base:
    """The programme as its file is now, which may be newer than the one that the web part began with."""
    try:
        return read_base(visit.settings)
    except ProgrammeInvalid:
        raise Refused(BROKEN) from None


@dataclass
class AskedMail:
    """One mail and the values of its fields.

    Attributes:
        fields: as typed; what is not among them has the value that holds.
        faults: by the id of the field.
    """

    visit: Visit
    base: Base
    mail: str
    fields: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    @cached_property
    def knobs(self) -> list[Knob]:
        return knobs_of(self.base.programme, self.mail, self.visit.today)

    @property
    def groups(self) -> list[tuple[str, list[Knob], bool]]:
        """The fields under their headings; what few need is folded away until something of it is typed."""
        groups = [(heading, list(group)) for heading, group in groupby(self.knobs, key=lambda knob: knob.heading)]
        return [(heading, group, heading not in FOLDED or self._is_touched(group)) for heading, group in groups]

    def _is_touched(self, group: list[Knob]) -> bool:
        return any(knob.typed(self.fields) != knob.shown or knob.id in self.faults for knob in group)

    @property
    def label(self) -> str:
        return self.base.programme.kinds[self.mail].label

    @property
    def is_touchpoint(self) -> bool:
        return self.mail in self.base.programme.touchpoints

    @property
    def file(self) -> str:
        return f"mail/{self.mail}.jinja"

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The words of the mail, one by one."""
        return sentences_of(self.base.texts.get(self.file, ""))

    @cached_property
    def changes(self) -> list[Change]:
        """What differs from the programme; fields with a fault are left out."""
        return list(self._changes())

    def changed_words(self) -> list[tuple[str, str, str]]:
        """(label, now, new) of every value that differs."""
        found = {change.key: change for change in self.changes}
        told = [
            (knob.label, knob.words(knob.now), knob.words(found[knob.key].new))
            for knob in self.knobs
            if knob.key in found
        ]
        told += [(TRIAL, "geen", trial_words(change.new)) for change in self.changes if is_trial(change.new)]
        return told

    @property
    def typed_texts(self) -> bool:
        """Whether any words were typed otherwise."""
        return any(self.fields.get(each.field, each.text) != each.text for each in self.sentences)

    def labelled_faults(self) -> dict[str, str]:
        """The faults with the labels of their fields, to stand above the form."""
        labels = {knob.id: knob.label for knob in self.knobs} | {each.field: "Woorden" for each in self.sentences}
        return {name: f"{labels[name]}: {text}" if name in labels else text for name, text in self.faults.items()}

    def new_text(self) -> str | None:
        """The template with the words as typed; None where nothing differs. Only without faults in the words."""
        before = self.base.texts.get(self.file, "")
        typed = {
            each.field: self.fields[each.field].replace("\r\n", "\n")
            for each in self.sentences
            if each.field in self.fields
        }
        after = said_otherwise(before, typed)
        return after if after != before else None

    def check(self) -> bool:
        """Whether all that was typed can be; all faults are noted at their fields at once."""
        changes = self.changes
        for sentence in self.sentences:
            typed = self.fields.get(sentence.field, sentence.text).replace("\r\n", "\n")
            if why := sentence.fault(typed):
                self.faults[sentence.field] = why
        has_sound_words = not any(sentence.field in self.faults for sentence in self.sentences)
        text = self.new_text() if has_sound_words else None
        for fault in faults_of(self.base, changes, {self.file: text} if text else None):
            self.faults.setdefault(self._field_of(fault), fault.dutch or ELSEWHERE.format(fault.text))
        return not self.faults

    @cached_property
    def programme(self) -> Programme:
        """The programme with the changes. Only without faults."""
        return self.base.with_changes(self.changes)

    @property
    def digest(self) -> str:
        """Of the programme and the changes: what a proposal says it was made of."""
        return f"{digest_of(self.base.programme)}-{digest_of(self.programme)}"

    def outlook(self, everybody: bool) -> Outlook | None:
        """What would come of it; None while it is worked out."""
        visit, now, new = self.visit, self.base.programme, self.programme
        key = (self.digest, visit.today, everybody)
        engine, today = visit.engine, visit.today
        return kept_of(visit.request, KEPT).get(
            key, visit.at, lambda: look_ahead(engine, now, new, today, DAYS, everybody=everybody), PATIENCE_SECONDS
        )

    def _changes(self) -> Iterator[Change]:
        is_new = self.is_touchpoint and trial_of(self.base.programme, self.mail, self.visit.today) is None
        trial: dict[str, Any] = {}
        for knob in self.knobs:
            try:
                if is_new and knob.id in NEW_TRIAL:
                    trial[knob.id] = knob.read(self.fields)
                elif change := knob.change(self.base.raw, self.fields):
                    yield change
            except Unread as fault:
                self.faults[knob.id] = str(fault)
        if (found := new_trial(self.base.programme, self.mail, trial)) and not self.faults.keys() & {*NEW_TRIAL}:
            yield found

    def _field_of(self, fault: Fault) -> str:
        """The field whose value the fault is about; that of the whole form where it is none of them."""
        for knob in self.knobs:
            if fault.path == knob.key:
                return knob.id
        if fault.path[:1] == ("experiments",) and fault.path[-1] in NEW_TRIAL:
            return str(fault.path[-1])
        if fault.path == ("touchpoints", self.mail) and any(each.id == "offer" for each in self.knobs):
            return "offer"
        return "formulier"


def is_trial(value: Any) -> bool:
    """Whether the value of a change is a whole new experiment."""
    return isinstance(value, Mapping) and value.keys() >= {*NEW_TRIAL}


def trial_words(trial: Mapping[str, Any]) -> str:
    """ "10% van 1 april 2026 tot en met 31 mei 2026"."""
    share, first, last = (trial[name] for name in NEW_TRIAL)
    return f"{share:.0%} van {date_words(first)} tot en met {date_words(last)}"


def asked_of(visit: Visit, fields: Mapping[str, str]) -> AskedMail:
    """The question of this visit. Raises NotThere for a mail that is none of the programme's own."""
    base, mail = base_of(visit), visit.path["mail"]
    if mail not in base.programme.touchpoints and mail not in base.programme.campaigns:
        raise NotThere
    return AskedMail(visit, base, mail, fields)
