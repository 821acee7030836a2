"""What a check of a mail found: each with its place, and a sentence for the marketer."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple


class VerdictLevel(StrEnum):
    """Whether the mail may go."""

    FAULT = "fault"  # it may not
    ADVICE = "advice"  # a person decides


class Code(StrEnum):
    """What is wrong."""

    TEMPLATE = "template"
    MISSING_VALUE = "missing_value"
    LEFTOVER = "leftover"
    MARKUP = "markup"
    SECOND_GREETING = "second_greeting"
    UNGRANTED_PROMISE = "ungranted_promise"
    NO_END_DATE = "no_end_date"
    EVENT_TOO_LATE = "event_too_late"
    DEAD_LINK = "dead_link"
    CONTRAST = "contrast"
    SIZE = "size"
    TEXT_PART = "text_part"
    SPAM_SCORE = "spam_score"
    SPAM = "spam"
    SPELLING = "spelling"
    NEVER_SHOWN = "never_shown"


_LEVELS: Mapping[Code, VerdictLevel] = dict.fromkeys(
    (Code.MARKUP, Code.SPAM_SCORE, Code.SPELLING, Code.NEVER_SHOWN), VerdictLevel.ADVICE
)

_SENTENCES: Mapping[Code, str] = {
    Code.TEMPLATE: "Het sjabloon is stuk: {found}",
    Code.MISSING_VALUE: "Er ontbreekt een waarde: {found}",
    Code.LEFTOVER: "Hier staat nog een invulveld: {found}. Schrijf de tekst uit, of haal het weg.",
    Code.MARKUP: "Hier staat HTML: {found}. Ontvangers zien dat zoals het er staat.",
    Code.SECOND_GREETING: "Er staat een tweede aanhef: {found}. De aanhef staat er al; haal deze weg.",
    Code.UNGRANTED_PROMISE: "Geen regel van het programma geeft {found}. Geef de mail een aanbod, of haal het weg.",
    Code.NO_END_DATE: "De mail geeft {found} en zegt niet tot wanneer. Noem de laatste dag.",
    Code.EVENT_TOO_LATE: "{found}. Stuur de mail eerder, of maak de periode korter.",
    Code.DEAD_LINK: "Deze link leidt nergens heen: {found}.",
    Code.CONTRAST: "Deze tekst is slecht te lezen: {found}. Het contrast moet 4,5 zijn.",
    Code.SIZE: "De mail is te groot: {found}. Gmail kapt na 100.000 bytes af.",
    Code.TEXT_PART: "De platte tekst zegt niet hetzelfde: {found}",
    Code.SPAM_SCORE: "SpamAssassin geeft {found}. Onder 1,0 is goed; het beheer weet wat de woorden betekenen.",
    Code.SPAM: "SpamAssassin houdt dit voor spam: {found}. Schrijf de tekst anders.",
    Code.SPELLING: "Niet in de woordenlijst: {found}. Klopt de spelling?",
    Code.NEVER_SHOWN: "Het sjabloon vraagt naar {found}, en dat kent het programma niet. Die tekst leest niemand.",
}


class Finding(NamedTuple):
    """One thing that is wrong.

    Attributes:
        place: which of the looked-at mails and which part of it, in Dutch: "aannemer, dakkapel: onderwerp".
        found: what was found there.
    """

    code: Code
    place: str
    found: str

    @property
    def level(self) -> VerdictLevel:
        """Whether the mail may go with it."""
        return _LEVELS.get(self.code, VerdictLevel.FAULT)

    @property
    def sentence(self) -> str:
        """Dutch, for the marketer: what is wrong and what to do."""
        return _SENTENCES[self.code].format(found=self.found)


class Verdict(NamedTuple):
    """What is to be said of a mail.

    Attributes:
        looked_at: how many mails were made and read.
        not_looked_at: Dutch sentences on what this machine could not look at.
    """

    findings: tuple[Finding, ...]
    looked_at: int
    not_looked_at: tuple[str, ...] = ()

    @property
    def may_go(self) -> bool:
        """Whether no fault was found."""
        return all(finding.level != VerdictLevel.FAULT for finding in self.findings)

    @property
    def headline(self) -> str:
        """ "In orde: 36 mails bekeken." or "3 fouten en 1 opmerking in 36 mails."."""
        faults = sum(finding.level == VerdictLevel.FAULT for finding in self.findings)
        rest = len(self.findings) - faults
        if not self.findings:
            return f"In orde: {self.looked_at} {'mail' if self.looked_at == 1 else 'mails'} bekeken."
        words = [
            f"{number} {one if number == 1 else many}"
            for number, one, many in ((faults, "fout", "fouten"), (rest, "opmerking", "opmerkingen"))
            if number
        ]
        return f"{' en '.join(words)} in {self.looked_at} {'mail' if self.looked_at == 1 else 'mails'}."


def once_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, at the first place where it was seen."""
    first: dict[tuple[Code, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.code, finding.found), finding)
    return tuple(first.values())
