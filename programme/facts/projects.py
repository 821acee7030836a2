"""The status of a project on a day, derived from its dates; the CRM's own status is not used (programme section 1)."""

from collections.abc import Iterable
from datetime import date

from programme.facts.records import Project, WithProjects


def is_cancelled(project: Project, as_of: date) -> bool:
    """Cancelled on or before `as_of`."""
    return project.cancelled_on is not None and project.cancelled_on <= as_of


def is_delivered(project: Project, as_of: date) -> bool:
    """Delivered on or before `as_of` and not cancelled; a cancelled project counts for nothing."""
    return project.delivered_on is not None and project.delivered_on <= as_of and not is_cancelled(project, as_of)


def is_running(project: Project, as_of: date) -> bool:
    """Ordered on or before `as_of`, and neither delivered nor cancelled by then."""
    if project.ordered_on > as_of or is_cancelled(project, as_of):
        return False
    return project.delivered_on is None or project.delivered_on > as_of


def counted(projects: Iterable[Project], as_of: date) -> list[Project]:
    """The projects ordered on or before `as_of` and not cancelled by then, in their given order."""
    return [project for project in projects if project.ordered_on <= as_of and not is_cancelled(project, as_of)]


def delivered(projects: Iterable[Project], as_of: date) -> list[Project]:
    """The projects delivered on or before `as_of`, sorted by delivery day, then id."""
    return sorted((project for project in projects if is_delivered(project, as_of)), key=_delivery_order)


def latest_delivery(client: WithProjects, as_of: date) -> Project | None:
    """The project delivered last, or None; of several on one day, the one with the greatest id."""
    return max(
        (project for project in client.projects if is_delivered(project, as_of)), key=_delivery_order, default=None
    )


def _delivery_order(project: Project) -> tuple[date, str]:
    return (project.delivered_on or date.min, project.project_id)
