"""For each reason not to send, clients to whom it applies on the day of the sample."""

from datetime import timedelta

from programme.words.dates import add_months
from programme.words.states import SuppressionReason
from sample.contents.anchors import anchor_of
from sample.contents.sends import client_with, rejected_quote
from sample.contents.sheets import Sheets


def add_reasons(sheets: Sheets) -> None:
    _no_address(sheets)
    _suppressed(sheets)
    _no_consent(sheets)
    _superseded(sheets)
    _repeated(sheets)
    _open_case(sheets)
    _overdue_invoice(sheets)
    _running_project(sheets)
    _outranked(sheets)
    _frequency_cap(sheets)


def _no_address(sheets: Sheets) -> None:
    for days in (3, 5, 14):
        sheets.project(sheets.client(email=None, channel="phone"), "uitbouw", sheets.ago(days))


def _suppressed(sheets: Sheets) -> None:
    """One for each kind of suppression; the mail is due, and the address has been listed for some time."""
    for days, reason in enumerate(SuppressionReason, 30):
        client_id = sheets.client()
        sheets.project(client_id, "dakkapel", sheets.ago(3))
        sheets.suppression(client_id, reason, sheets.ago(days))


def _no_consent(sheets: Sheets) -> None:
    """Who said no; and who said nothing and never became a client."""
    refuser = sheets.client(consent="no", tracking_consent=False)
    sheets.project(refuser, "fundering", add_months(sheets.as_of, -12) - timedelta(days=2), value_eur=1_400)
    rejected_quote(sheets, sheets.client(consent="unknown"), sheets.ago(3), type="dakkapel", value_eur=640)


def _superseded(sheets: Sheets) -> None:
    """A small project of a year ago: the mail about larger plans takes the place of the anniversary."""
    client_with(sheets, "small_to_large", "draagmuur", value_eur=580)
    client_with(sheets, "small_to_large", "fundering", value_eur=910)


def _repeated(sheets: Sheets) -> None:
    """Two quotes turned down within a week: the second time we do not ask why again."""
    client_id = sheets.client(consent="yes")
    if anchor := anchor_of(sheets, "quote_rejected"):
        rejected_quote(sheets, client_id, anchor.day - timedelta(days=3), type="uitbouw", value_eur=1_700)
        rejected_quote(sheets, client_id, anchor.day, type="fundering", value_eur=2_300)


def _open_case(sheets: Sheets) -> None:
    """Complaints of each severity that nobody has solved yet."""
    for days, severity, comment in (
        (2, "minor", "Twee keer teruggebeld moeten worden."),
        (9, "medium", "De berekening moest opnieuw, de aannemer lag een week stil."),
        (65, "major", "Scheur in de muur van de buren na het stutten. Graag met spoed contact!"),
    ):
        client_id = sheets.client()
        project_id = sheets.project(client_id, "draagmuur", sheets.ago(14))
        if days > 14:
            project_id = sheets.project(client_id, "fundering", sheets.ago(days + 20))
        values = {"score": 3, "severity": severity, "comment": comment, "project_id": project_id}
        sheets.feedback(client_id, sheets.ago(days), "csat", **values)


def _overdue_invoice(sheets: Sheets) -> None:
    """Zilver, a year after the last delivery, and an invoice that should have been paid two months ago."""
    client_id = sheets.client()
    sheets.project(client_id, "fundering", sheets.ago(900), value_eur=2_100)
    project_id = sheets.project(client_id, "renovatie", add_months(sheets.as_of, -12) - timedelta(days=1))
    sheets.invoice(client_id, sheets.ago(90), project_id=project_id, amount_eur=1_210)


def _running_project(sheets: Sheets) -> None:
    """A year after one project the next one is being worked on; it will be delivered in three weeks."""
    client_id = sheets.client()
    sheets.project(client_id, "fundering", add_months(sheets.as_of, -12) - timedelta(days=3), value_eur=1_900)
    sheets.project(client_id, "uitbouw", sheets.as_of + timedelta(days=21), ordered_on=sheets.ago(16))


def _outranked(sheets: Sheets) -> None:
    """Two projects delivered on one day, so two mails are due on one day."""
    client_id = sheets.client()
    for type_ in ("dakkapel", "draagmuur"):
        sheets.project(client_id, type_, sheets.ago(3), ordered_on=sheets.ago(40))


def _frequency_cap(sheets: Sheets) -> None:
    """A year after one project, and mailed two days ago about another."""
    client_id = sheets.client()
    sheets.project(client_id, "fundering", add_months(sheets.as_of, -12), value_eur=1_650)
    sheets.project(client_id, "uitbouw", sheets.ago(5), value_eur=1_320)
