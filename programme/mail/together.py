"""Projects that were delivered together: one mail names them all (programme section 4, rule 4)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from programme.facts.projects import is_delivered
from programme.facts.records import Project, Recipient
from programme.rules.due import due_occasions
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.plain_text import clean
from programme.words.wording import PROJECT_WORDS, counted_words, listed

MOST_NAMED = 4  # a sentence with more projects is hard to read


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


def project_words(projects: Sequence[Project], is_own: bool) -> str:
    """ "uw dakkapel en uw uitbouw"; with addresses when two projects have one type: "de dakkapel (Dam 2) en …".

    Args:
        is_own: True for a client who lives there ("uw"), False for one who builds for others ("de").
    """
    times = Counter(project.type for project in projects)
    words = []
    for project in projects:
        word = PROJECT_WORDS[project.type].yours if is_own else PROJECT_WORDS[project.type].the
        address = clean(project.address or "")
        words.append(f"{word} ({address})" if address and times[project.type] > 1 else word)
    distinct = list(dict.fromkeys(words))
    named, rest = distinct[:MOST_NAMED], len(distinct) - MOST_NAMED
    if rest > 0:
        named.append(counted_words(rest, "ander project", "andere projecten"))
    return listed(named)


def reference_words(projects: Sequence[Project]) -> str:
    """The subject of a mail, for its foot: "de dakkapel, Kerkweg 1; de uitbouw, Kerkweg 1"."""
    lines = []
    for project in projects[:MOST_NAMED]:
        address = clean(project.address or "")
        lines.append(f"{PROJECT_WORDS[project.type].the}, {address}" if address else PROJECT_WORDS[project.type].the)
    return "; ".join(lines)
