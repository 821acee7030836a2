"""For each touchpoint a few clients whose mail can be sent on the day of the sample, and on no day before."""

from datetime import date, timedelta
from typing import Any

from programme.words.dates import add_months
from sample.contents.anchors import Anchor, anchor_of, seasonal_slot
from sample.contents.sheets import Sheets


def add_sends(sheets: Sheets) -> None:
    """The clients of all fourteen touchpoints; out of season not those of the seasonal two."""
    _after_delivery(sheets)
    _cross_sells(sheets)
    _anniversaries(sheets)
    _seasonal(sheets)
    _tier_upgrades(sheets)
    _rejected_quote(sheets)
    _win_back(sheets)


def client_with(sheets: Sheets, touchpoint_id: str, type_: str, **project: Any) -> str | None:
    """A client with a delivered project whose touchpoint can be sent on the day; None out of season."""
    anchor = anchor_of(sheets, touchpoint_id)
    if anchor is None:
        return None
    client_id = client_for(sheets, anchor)
    sheets.project(client_id, type_, anchor.day, **project)
    return client_id


def client_for(sheets: Sheets, anchor: Anchor, **values: Any) -> str:
    """A client whom nothing keeps from getting the anchor's mail on the day, and something does before it."""
    client_id = sheets.client(slot=anchor.slot, **values)
    if anchor.is_early:
        _complaint_until_today(sheets, client_id, sheets.ago(40))
    return client_id


def rejected_quote(sheets: Sheets, client_id: str, decided_on: date, **values: Any) -> None:
    sent_on = decided_on - timedelta(days=12)
    sheets.quote(client_id, sent_on, decided_on=decided_on, decision="rejected", **values)


def _complaint_until_today(sheets: Sheets, client_id: str, given_on: date) -> None:
    """An open case holds all mail back until the day on which it is solved."""
    text = "De tekening kwam later dan afgesproken."
    values = {"score": 4, "severity": "minor", "comment": text, "resolved_on": sheets.as_of}
    sheets.feedback(client_id, given_on, "csat", **values)


def _after_delivery(sheets: Sheets) -> None:
    """The service mails: of a middling project, of one without an engineer, and of a large one at a monument."""
    for touchpoint_id, type_ in (
        ("feedback_request", "uitbouw"),
        ("check_in", "dakkapel"),
        ("permit_check", "draagmuur"),
        ("build_check", "fundering"),
        ("review_reminder", "overig"),
    ):
        client_with(sheets, touchpoint_id, type_)
        client_with(sheets, touchpoint_id, type_, engineer=None)
        client_with(sheets, touchpoint_id, "renovatie", value_eur=4_950, monument=True, built_year=1898)


def _cross_sells(sheets: Sheets) -> None:
    for touchpoint_id, type_ in (
        ("dakkapel_to_uitbouw", "dakkapel"),
        ("uitbouw_to_draagmuur", "uitbouw"),
        ("draagmuur_to_uitbouw", "draagmuur"),
    ):
        client_with(sheets, touchpoint_id, type_)
        client_with(sheets, touchpoint_id, type_, monument=True, built_year=1911)
    client_with(sheets, "small_to_large", "overig", value_eur=650)


def _anniversaries(sheets: Sheets) -> None:
    for type_, value_eur in (("fundering", 1_450), ("fundering", 3_200), ("renovatie", 8_750)):
        client_with(sheets, "anniversary", type_, value_eur=value_eur)


def _seasonal(sheets: Sheets) -> None:
    """Clients of earlier years whose turn in the season's spread is today, or who were held until today."""
    slot, is_due_today = seasonal_slot(sheets)
    for type_, days in (("dakkapel", 560), ("uitbouw", 610), ("renovatie", 890)):
        anchor = Anchor(sheets.ago(days), slot, not is_due_today)
        sheets.project(client_for(sheets, anchor), type_, anchor.day)


def _tier_upgrades(sheets: Sheets) -> None:
    """A second and a third delivery today, and a spend that reaches platinum today."""
    for type_, earlier, value_eur in (("uitbouw", 1, 1_800), ("draagmuur", 2, 900), ("renovatie", 1, 9_800)):
        client_id = sheets.client()
        for number in range(earlier):
            sheets.project(client_id, "fundering", sheets.ago(1_500 + 90 * number), value_eur=1_250)
        sheets.project(client_id, type_, sheets.as_of, value_eur=value_eur)


def _rejected_quote(sheets: Sheets) -> None:
    if anchor := anchor_of(sheets, "quote_rejected"):
        for type_, value_eur in (("uitbouw", 1_950), ("renovatie", 6_400)):
            rejected_quote(sheets, client_for(sheets, anchor), anchor.day, type=type_, value_eur=value_eur)


def _win_back(sheets: Sheets) -> None:
    """Quiet for just so long; the delivery lies so far back that no season speaks of it."""
    anchor = anchor_of(sheets, "win_back")
    for type_ in ("uitbouw", "renovatie") if anchor else ():
        client_id = sheets.client()
        sheets.project(client_id, type_, add_months(sheets.as_of, -50))
        if anchor and anchor.is_early:
            _complaint_until_today(sheets, client_id, anchor.day - timedelta(days=60))
        if anchor:
            sheets.interaction(client_id, anchor.day, channel="telefoon", topic="Vraag over zonnepanelen op het dak")
