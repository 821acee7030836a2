"""Projects that were delivered together: one mail names them all (programme section 4, rule 4)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from programme.facts.projects import is_delivered
from programme.facts.records import Project, Recipient
from programme.rules.due import due_occasions
from programme.terms.kinds import MailKind
from programme.terms.project_types import ProjectTypes
from programme.terms.schema import Programme
from programme.words.plain_text import clean
from programme.words.wording import counted_words, listed

MOST_NAMED = 4  # a sentence with more projects is hard to read
OTHER = "een ander project"  # of no type of ours, beside one that has a type


class Named(Protocol):
    """What a sentence names a project by."""

    @property
    def type(self) -> str:
        """A type of [project_types]."""
        ...

    @property
    def address(self) -> str | None:
        """The address of the building, as the CRM has it."""
        ...


def delivered_together(
    programme: Programme, kind: MailKind, project: Project, recipient: Recipient, as_of: date
) -> tuple[Project, ...]:
    """The project, then the other projects whose mail of this kind came due on the same day."""
    if kind.anchor != "project_delivered":
        return (project,)
    by_id = {each.project_id: each for client in recipient.clients for each in client.projects}
    if sum(is_delivered(each, as_of) for each in by_id.values()) < 2:
        return (project,)  # nearly every client; the search below costs more than the rest of a mail
    due = [
        occasion
        for client in recipient.clients
        for occasion in due_occasions(programme, kind.id, client, recipient, as_of)
    ]
    day = next((each.due_on for each in due if each.occasion == project.project_id), None)
    others = sorted(each.occasion for each in due if each.due_on == day and each.occasion != project.project_id)
    return (project, *(by_id[occasion] for occasion in others))


def project_words(types: ProjectTypes, projects: Sequence[Named], is_own: bool, done: bool = False) -> str:
    """ "uw dakkapel en uw uitbouw", "uw twee dakkapellen", "uw drie projecten"; for others "de dakkapel (Dam 2)".

    Args:
        is_own: True for a client who lives there ("uw"), False for one who owns or builds for others ("de").
        done: what we calculated for: "het verwijderen van uw draagmuur" instead of "uw doorbraak", for one project.
    """
    if not is_own:
        return reference_words(types, projects)
    if len(projects) == 1:
        words = types[projects[0].type]
        return words.done if done else words.yours
    kinds = sorted({project.type for project in projects}, key=types.place)
    if len(kinds) == 1:
        return f"uw {counted_words(len(projects), '', types[kinds[0]].many)}"
    if len(projects) > 2:
        return f"uw {counted_words(len(projects), '', 'projecten')}"
    return listed([OTHER if types.is_other(each) else types[each].yours for each in kinds])


def reference_words(types: ProjectTypes, projects: Sequence[Named]) -> str:
    """The projects by name and address: "de dakkapel en de uitbouw (Kerkweg 1)", "de twee dakkapellen (Dam 2) en …"."""
    if len(projects) == 1:  # as nearly always
        return _placed(types[projects[0].type].the, clean(projects[0].address or ""))
    places = Counter((project.type, clean(project.address or "")) for project in projects)
    named = sorted(list(places)[:MOST_NAMED], key=lambda place: types.place(place[0]))
    words = [_the(types, project_type, places[project_type, address]) for project_type, address in named]
    addresses = {address for _, address in places}
    same = addresses.pop() if len(addresses) == 1 else ""
    if not same:
        words = [_placed(word, at) for word, (_, at) in zip(words, named, strict=True)]
    if others := len(projects) - sum(places[place] for place in named):
        words.append(counted_words(others, "ander project", "andere projecten"))
    return _placed(listed(words), same)


def _placed(words: str, address: str) -> str:
    return f"{words} ({address})" if address else words


def _the(types: ProjectTypes, project_type: str, number: int) -> str:
    """ "de dakkapel", "de twee dakkapellen"."""
    words = types[project_type]
    return words.the if number == 1 else f"de {counted_words(number, '', words.many)}"
