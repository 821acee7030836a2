"""The go for a campaign: what exactly is approved, who may answer, and what makes the answer void.

Approved is what a digest of four parts says: who (the audience as traits), what (texts, template and offer), when (the
moment), and how the mail is made (the firm's templates and the words of the programme). How many people it reaches is
no part of the digest: a base of clients changes by the hour, so a go covers its number and a tenth more (`go_holds`).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from programme.terms.tables.payout_terms import Person
from programme.words.naming.people import name_key
from programme.words.states import Role
from programme.words.wording import listed

GO_DAYS = 3  # over a weekend; later the facts are others


class GoAnswer(StrEnum):
    """What became of the question. A campaign that needs no go is asked of nobody."""

    YES = "yes"
    NO = "no"
    REPLACED = "replaced"  # the same campaign was asked or started anew, as something else
    NOT_NEEDED = "not_needed"


class GoParts(NamedTuple):
    """What is approved; of each part a text that is the same for the same thing."""

    who: str
    what: str
    when: str
    made_of: str

    @property
    def digest(self) -> str:
        """The four parts as one number in hexadecimal."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()

    def marks(self) -> dict[str, str]:
        """A short digest of each part, so that later it can be said which one changed."""
        return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in self._asdict().items()}


CHANGED_WORDS: Mapping[str, str] = {
    "who": "wie de mail krijgt",
    "what": "de tekst, het sjabloon of het aanbod",
    "when": "het moment",
    "made_of": "een vaste tekst of de opmaak van het bureau",
}


def moment_text(moment: datetime | None) -> str:
    """The moment as the digest has it, in UTC; "" for at once."""
    return moment.astimezone(UTC).isoformat(timespec="minutes") if moment else ""


def changed_words(approved: Mapping[str, str], now: Mapping[str, str]) -> str:
    """ "het moment en wie de mail krijgt": the parts whose marks differ; "" when none does."""
    return listed([words for name, words in CHANGED_WORDS.items() if approved.get(name) != now.get(name)], "en")


def expires_at(asked_at: datetime, moment: datetime | None) -> datetime:
    """Until when the question stands: some days, and never past the moment itself."""
    last = asked_at + timedelta(days=GO_DAYS)
    return min(last, moment) if moment else last


def is_approver(person: Person) -> bool:
    """Whether the person may give campaigns their go."""
    return Role.MARKETING_APPROVER in person.roles


def may_answer(person: Person, asked_by: str, same_person: bool) -> bool:
    """Whether this person may answer a question of `asked_by`.

    Args:
        asked_by: "" for a campaign started in Prefect, which does not know by whom.
        same_person: `[campaigns_go] same_person` of the programme.
    """
    return is_approver(person) and (same_person or name_key(person.name) != name_key(asked_by))


def approvers(people: tuple[Person, ...], asked_by: str, same_person: bool) -> list[Person]:
    """Everybody who may answer, in the order of the programme."""
    return [person for person in people if may_answer(person, asked_by, same_person)]


def may_stop(person: Person, asked_by: str) -> bool:
    """Whether the person may stop a running campaign: who started it, and whoever may approve one."""
    return is_approver(person) or (bool(asked_by) and name_key(person.name) == name_key(asked_by))
