"""Pages for when it goes wrong: a form too old, what cannot be done, what is not there, our own fault."""

import logging
import re
import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from programme.words.wording import date_words
from web.desk.days import read_day
from web.desk.showing.looks import looks_of
from web.desk.visit import Visit

logger = logging.getLogger("bouwclub.desk")

NOT_THERE = "Deze pagina is er niet (meer)."
STALE = "Dit scherm was niet meer actueel. Open de pagina opnieuw."
# The fields in which a person types; what is chosen by a button is soon chosen again.
TYPED = ("text", "note", "reason", "wording", "how", "name", "told_on", "call_on", "call_at", "until", "fix_by")
_POSTED_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def show_stale_form(visit: Visit, typed: Mapping[str, str]) -> Response:
    """Nothing was done; what was typed is shown, so that it is not lost."""
    return visit.show("fault.html", 403, heading="Niets opgeslagen", sentence=STALE, kept=_typed(typed))


def show_logged_out(request: Request, typed: Mapping[str, str]) -> Response:
    """Nothing was done, and all that was typed waits on the page until the person has logged in again."""
    return looks_of(request).show("logged_out.html", 403, path=request.url.path, typed=typed)


def show_refusal(visit: Visit, sentence: str, status: int) -> Response:
    """Nothing was done, and why; what was typed is shown, so that it is not lost."""
    heading = "Niet gevonden" if status == 404 else "Dat kan zo niet"
    kept = _typed(visit.fields)
    return visit.show("fault.html", status, heading=heading, sentence=sentence or NOT_THERE, kept=kept)


def _typed(fields: Mapping[str, str]) -> list[str]:
    return [_read(fields[name]) for name in TYPED if fields.get(name, "").strip()]


def _read(text: str) -> str:
    """As people read it: a date field of the browser posts 2026-03-03."""
    day = read_day(text) if _POSTED_DAY.fullmatch(text) else None
    return date_words(day) if day else text


def show_breakdown(request: Request, status: int) -> Response:
    """Our own fault, or the database's; the number stands in the log beside its place."""
    number = secrets.token_hex(3)
    logger.error("the desk showed fault %s (%d)", number, status)
    return looks_of(request).show(
        "fault_alone.html",
        status,
        heading="Er ging iets mis",
        sentence=(
            "Er ging iets mis en er is niets opgeslagen. Probeer het over een minuut nog eens. "
            f"Blijft het? Geef beheer nummer {number}."
        ),
    )
