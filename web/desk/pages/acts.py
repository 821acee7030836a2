"""/desk/acts: who did what, when, and what it changed. Nothing here can be changed."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from starlette.responses import Response

from programme.care.words import CASE_STATE_WORDS, SEVERITY_WORDS, kind_words, outcome_words
from programme.words.wording import NO_DAY, date_words, euros
from tasks.desk.acts import Act, read_acts
from web.desk.days import read_day
from web.desk.gate import DeskRouter
from web.desk.showing.moments import paged
from web.desk.showing.words import ACT_WORDS, CHANGED_WORDS
from web.desk.visit import PAGE_ROWS, Visit

router = DeskRouter()

MOMENTS = ("call_back_at", "fix_by", "given_before", "snoozed_until", "told_on", "until")
_MOMENT = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<clock>\d{2}:\d{2}).*)?")


@router.page("/desk/acts")
def show_acts(visit: Visit) -> Response:
    asked = visit.query.get("dag", "").strip()
    read = read_day(asked) if asked else visit.today
    day = read or visit.today
    first = (visit.page_number - 1) * PAGE_ROWS
    kinds, outcomes = kind_words(visit.programme), outcome_words(visit.programme.trade)
    found = read_acts(visit.engine, day, first, PAGE_ROWS + 1)
    pages = paged(
        [(act, list(changes(act, outcomes)), about(act, kinds)) for act in found], visit.page_number, PAGE_ROWS
    )
    return visit.show(
        "acts.html",
        day=day,
        typed=day.isoformat() if read else asked,
        faults={} if read else {"dag": NO_DAY},
        pages=pages,
        verbs=ACT_WORDS,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < visit.today else None,
    )


class ActSubject(NamedTuple):
    """What an act was about, in words, and its page; "" when it has none."""

    words: str
    path: str


def about(act: Act, kinds: Mapping[str, str]) -> ActSubject | None:
    """None when there is nothing to say beside the client; ids that only the system reads are not shown."""
    subject = act.subject_id
    match act.act.split()[-1]:
        case "task":
            return ActSubject(kinds.get(subject.partition(":")[0], "de taak"), f"/desk/tasks/{subject}")
        case "complaint":
            return ActSubject("de klacht", "")  # its case comes with the next tick, or it joins another
        case "case":
            return ActSubject("de klacht", f"/desk/cases/{subject}")
        case "message":
            return ActSubject("de mail", f"/desk/mails/{subject}")
        case "settlement" | "away" | "back":
            return ActSubject(subject, "")
        case _:
            return None


def changes(act: Act, outcomes: Mapping[str, str]) -> Iterator[str]:
    """ "ernst: klein → groot"; what was there before stands before the arrow, and alone when nothing came of it."""
    for name in sorted(act.after or act.before):
        was, became = (_said(name, of.get(name), outcomes) for of in (act.before, act.after))
        if not was and not became:
            continue
        label = CHANGED_WORDS.get(name, name.replace("_", " "))
        yield f"{label}: {was} → {became}" if was and became else f"{label}: {became or was}"


def _said(name: str, value: Any, outcomes: Mapping[str, str]) -> str:
    """A value as people read it: an amount in euros, a day and a moment in words, no code."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if name.endswith("_cents"):
        return euros(value)
    text = str(value)
    if name in MOMENTS and (found := _MOMENT.fullmatch(text)):
        day, clock = date.fromisoformat(found["day"]), found["clock"]
        return date_words(day) + (f" {clock.replace(':', '.')} uur" if clock else "")
    return outcomes.get(text) or SEVERITY_WORDS.get(text) or CASE_STATE_WORDS.get(text) or text
