"""Whether the templates of campaigns in a programme file make sense."""

from collections.abc import Iterator

from programme.terms.faults import Fault, Path
from programme.terms.schema import Programme
from programme.words.states import Purpose


def campaign_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [campaigns], template by template."""
    for name, template in (programme.campaigns or {}).items():
        path: Path = ("campaigns", name)
        if programme.touchpoints and name in programme.touchpoints:
            text = "is the name of a touchpoint too, and the message log could not tell them apart. Rename it."
            yield Fault(path, text)
        if template and template.purpose == Purpose.SERVICE:
            text = "'service' would reach people who refused marketing; a campaign is \"marketing\". Change it."
            yield Fault((*path, "purpose"), text)
        if template and template.label is not None and not template.label.strip():
            yield Fault((*path, "label"), "is empty, and marketers choose by it. Write a few words.")
