"""The status of a project on a day, derived from its dates and never trusted (programme section 1)."""

from collections.abc import Iterable
from datetime import date

from programme.facts.records import Client, Project


def is_cancelled(project: Project, as_of: date) -> bool:
    return project.cancelled_on is not None and project.cancelled_on <= as_of


def is_delivered(project: Project, as_of: date) -> bool:
    """Delivered by `as_of` and not cancelled: a cancelled project counts for nothing."""
    return project.delivered_on is not None and project.delivered_on <= as_of and not is_cancelled(project, as_of)


def is_running(project: Project, as_of: date) -> bool:
    """Ordered, and neither delivered nor cancelled."""
    if project.ordered_on > as_of or is_cancelled(project, as_of):
        return False
    return project.delivered_on is None or project.delivered_on > as_of


def counted(projects: Iterable[Project], as_of: date) -> list[Project]:
    """The projects ordered by `as_of` and not cancelled then."""
    return [project for project in projects if project.ordered_on <= as_of and not is_cancelled(project, as_of)]


def delivered(projects: Iterable[Project], as_of: date) -> list[Project]:
    """The projects delivered at `as_of`, by delivery day and then id."""
    return sorted((project for project in projects if is_delivered(project, as_of)), key=_delivery_order)


def latest_delivery(client: Client, as_of: date) -> Project | None:
    """The project delivered last, of several on one day the one with the greatest id."""
    return max(
        (project for project in client.projects if is_delivered(project, as_of)), key=_delivery_order, default=None
    )


def _delivery_order(project: Project) -> tuple[date, str]:
    return (project.delivered_on or date.min, project.project_id)
