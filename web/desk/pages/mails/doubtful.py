"""/desk/messages: mails of which nobody can tell whether they went. Somebody sends one again, or lets it rest."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from starlette.responses import Response

from models.database.engine import writing
from tasks.desk.doubtful import leave_in_doubt, read_doubtful
from tasks.sending.resending import (
    Noted,
    ResendGone,
    ResendRefused,
    ResendStopped,
    ResendTooLate,
    ResendTooSoon,
    resend_messages,
    resend_request,
)
from web.desk.gate import DeskRouter
from web.desk.showing.moments import moment_words, paged
from web.desk.visit import PAGE_ROWS, Refused, Visit

router = DeskRouter()

GONE = "Deze mail is niet meer in twijfel. Er is niets dubbel gedaan."
TOO_SOON = "Nog eens versturen kan pas als de wachttijd voorbij is; tot dan kan blijken dat de mail toch is aangekomen."
STOPPED = "Deze campagne is gestopt: er gaat niets meer van uit. Laat de mail rusten."
TOO_LATE = "De termijn van deze mail is voorbij: hij zou vervallen. Laat de mail rusten."
NOBODY = "Deze klant is gewist of staat niet meer in het CRM: er gaat niets heen. Laat de mail rusten."
_WHY_NOT = {ResendTooSoon: TOO_SOON, ResendTooLate: TOO_LATE, ResendStopped: STOPPED, ResendGone: NOBODY}


@router.page("/desk/messages")
def show_doubtful(visit: Visit) -> Response:
    first = (visit.page_number - 1) * PAGE_ROWS
    pages = paged(read_doubtful(visit.engine, first, PAGE_ROWS + 1), visit.page_number, PAGE_ROWS)
    wait = timedelta(minutes=visit.settings.settle_minutes)
    labels = {each.touchpoint: visit.programme.kinds.in_log(each.touchpoint).label for each in pages.rows}
    together = Counter(each.request_id for each in pages.rows)
    ready = {each.message_id: _ready_words(visit, each.since + wait) for each in pages.rows}
    return visit.show("doubtful.html", pages=pages, labels=labels, ready=ready, together=together)


def _ready_words(visit: Visit, moment: datetime) -> str:
    """From when a message may go again; "" when it may now."""
    return "" if moment <= visit.at else moment_words(moment, visit.today)


@router.form("/desk/messages")
def decide_doubtful(visit: Visit) -> Response:
    message_id, minutes = visit.word("message", 64), visit.settings.settle_minutes
    match visit.choice("do", ("resend", "resend_request", "leave")):
        case "resend":
            with _refusing():
                resend_messages(
                    visit.engine, [message_id], visit.person.name, visit.today, minutes, _noted(visit, message_id)
                )
            return visit.done("/desk/messages", "opnieuw")
        case "resend_request":
            request_id = visit.word("request", 64)
            with _refusing():
                resend_request(
                    visit.engine, request_id, visit.person.name, visit.today, minutes, _noted_all(visit, request_id)
                )
            return visit.done("/desk/messages", "allemaal")
        case _:
            with writing(visit.engine) as connection:
                if not leave_in_doubt(connection, message_id, visit.person.name, visit.at):
                    raise Refused(GONE)
                visit.record(connection, "leave message", message_id)
            return visit.done("/desk/messages", "rust")


@contextmanager
def _refusing() -> Iterator[None]:
    """Says in Dutch why a mail may not go again."""
    try:
        yield
    except ResendRefused as refusal:
        raise Refused(_WHY_NOT.get(type(refusal), GONE)) from None


def _noted(visit: Visit, message_id: str) -> Noted:
    return lambda connection, _: visit.record(connection, "resend message", message_id)


def _noted_all(visit: Visit, request_id: str) -> Noted:
    return lambda connection, sent: visit.record(
        connection, "resend request", request_id, after={"messages": len(sent.message_ids)}
    )
