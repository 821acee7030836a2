"""Compares the cells of a row, and replaces unreadable ones by a value that leads to less mail, never more."""

from collections.abc import Sequence
from datetime import date
from zlib import crc32

from programme.facts.cases import SCORED_KINDS
from programme.words.addresses import recipient_of
from programme.words.dates import day_in_amsterdam
from programme.words.naming.names import has_note, says_death
from programme.words.states import SuppressionReason
from tasks.importing.reading.columns import UNREAD, Misfit, Values


def finish_clients(values: Values, _today: date) -> Sequence[Misfit]:
    """Add the crc32 of the id and the recipient; report names with a note."""
    values["id_crc32"] = [crc32((client_id or "").encode()) for client_id in values["client_id"]]
    if "email" in values:
        values["recipient"] = [recipient_of(email) if email else "" for email in values["email"]]
    return [
        (index, "name", "holds a note beside the name: greeted without a name")
        if not says_death(name)
        else (index, "name", "says that the client has died: nothing is sent. Look whether that is so")
        for index, name in enumerate(values["name"])
        if name and has_note(name)
    ]


def finish_projects(values: Values, today: date) -> Sequence[Misfit]:
    """Drop a delivery before the order; an unreadable or future cancellation counts as today."""
    misfits = []
    delivered = values.get("delivered_on", ())
    for index, (ordered_on, delivered_on) in enumerate(zip(values["ordered_on"], delivered, strict=False)):
        if ordered_on and delivered_on and delivered_on < ordered_on:
            delivered[index] = None
            misfits.append((index, "delivered_on", "is before ordered_on: taken as unknown"))
    if "cancelled_on" in values:
        cancelled = values["cancelled_on"]
        values["is_cancel_unread"] = [True if day is UNREAD else None for day in cancelled]
        values["stands_in"] = [False] * len(cancelled)
        for index, day in enumerate(cancelled):
            if day is UNREAD:
                values["stands_in"][index], cancelled[index] = True, today
            elif day and day > today:
                values["stands_in"][index], cancelled[index] = True, today
                reason = "lies in the future: counts as cancelled from today"
                misfits.append((index, "cancelled_on", reason))
    return misfits


def finish_feedback(values: Values, _today: date) -> Sequence[Misfit]:
    """Count unreadable feedback as negative, so that no complaint gets lost; drop a moment on another day."""
    unread: list[bool | None] = [None] * len(values["feedback_id"])
    for index, (kind, score) in enumerate(zip(values["kind"], values.get("score", ()), strict=False)):
        if score is UNREAD:
            values["score"][index] = None
            unread[index] = True if kind in SCORED_KINDS else None
    for index, negative in enumerate(values.get("negative", ())):
        if negative is UNREAD or negative:  # negative whatever the score is
            values["negative"][index], unread[index] = True, None
        elif unread[index]:
            values["negative"][index] = True
    values["is_score_unread"] = unread
    return _moments_of_other_days(values)


def _moments_of_other_days(values: Values) -> list[Misfit]:
    misfits = []
    given = values.get("given_at", ())
    for index, (given_on, given_at) in enumerate(zip(values["given_on"], given, strict=False)):
        if given_on and given_at and day_in_amsterdam(given_at) != given_on:
            given[index] = None
            misfits.append((index, "given_at", "is on another day than given_on: taken as unknown"))
    return misfits


def finish_suppressions(values: Values, today: date) -> Sequence[Misfit]:
    """Count an unreadable reason as manual, and an unreadable or future day as today."""
    misfits = []
    for index, (reason, since) in enumerate(zip(values["reason"], values["since"], strict=True)):
        if reason is UNREAD or since is UNREAD:
            values["reason"][index], values["since"][index] = SuppressionReason.MANUAL.value, today
        elif since and since > today:
            values["since"][index] = today
            misfits.append((index, "since", "lies in the future: counts from today"))
    return misfits
