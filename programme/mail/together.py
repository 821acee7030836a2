"""Projects that were delivered together: one mail names them all (programme section 4, rule 4)."""

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
    """The projects by name and address: "de dakkapel en de uitbouw (Kerkweg 1)", "de dakkapel (Dam 2) en …"."""
    if len(projects) == 1:
        word, address = types[projects[0].type].the, clean(projects[0].address or "")
        return f"{word} ({address})" if address else word
    named = sorted(projects[:MOST_NAMED], key=lambda project: types.place(project.type))
    addresses = [clean(project.address or "") for project in named]
    words = [types[project.type].the for project in named]
    if len(set(addresses)) > 1:
        words = [f"{word} ({at})" if at else word for word, at in zip(words, addresses, strict=True)]
    elif len(set(words)) < len(words):
        words = [f"de {counted_words(len(words), '', types[named[0].type].many)}"]
    if len(projects) > MOST_NAMED:
        words.append(counted_words(len(projects) - MOST_NAMED, "ander project", "andere projecten"))
    same = addresses[0] if len(set(addresses)) == 1 else ""
    return f"{listed(words)} ({same})" if same else listed(words)
