"""Mails the figures of a day to the people of the firm who get them."""

from programme.figures.page.page import figures_page
from programme.figures.report import Report
from programme.figures.staff_mails import FIGURES_READY, figures_mail
from programme.words.states import Role
from tasks.base.workspace import Workspace
from tasks.runs.outside.to_staff import StaffMailer

PLACE = "desk/figures"  # of the page at the desk, below the base URL


def tell_readers(workspace: Workspace, report: Report) -> int:
    """One mail to each person with the role `report`; returns how many the provider took.

    Run twice it sends twice: the caller knows whether the day was reported before.
    """
    programme = workspace.programme
    readers = [each for each in programme.people if Role.REPORT in each.roles]
    values = figures_mail(figures_page(report, programme), f"{workspace.settings.base_url}/{PLACE}")
    mailer = StaffMailer(workspace, FIGURES_READY)
    return sum(mailer.send(each, report.as_of.isoformat(), values, report.as_of) for each in readers)
