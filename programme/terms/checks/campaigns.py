"""Whether the templates of campaigns in a programme file make sense."""

from collections.abc import Iterator

from programme.terms.faults import Fault, Path
from programme.terms.schema import Programme
from programme.terms.tables.campaign_terms import CampaignTemplate
from programme.words.states import Purpose


def campaign_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [campaigns], template by template."""
    for name, template in (programme.campaigns or {}).items():
        path: Path = ("campaigns", name)
        if programme.touchpoints and name in programme.touchpoints:
            text = "is the name of a touchpoint too, and the message log could not tell them apart. Rename it."
            yield Fault(path, text)
        if template and template.survey:
            yield from _survey_faults(path, template)
        elif template and template.purpose == Purpose.SERVICE:
            text = "'service' would reach people who refused marketing; a campaign is \"marketing\". Change it."
            yield Fault((*path, "purpose"), text)
        if template and template.label is not None and not template.label.strip():
            yield Fault((*path, "label"), "is empty, and marketers choose by it. Write a few words.")


def _survey_faults(path: Path, template: CampaignTemplate) -> Iterator[Fault]:
    if template.purpose == Purpose.MARKETING:
        yield Fault((*path, "purpose"), "'marketing' is not what a survey is for; it is \"service\". Change it.")
    if template.asks:
        yield Fault((*path, "asks"), "asks for texts, and a survey's words are its own. Delete it.")
