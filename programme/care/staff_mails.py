"""The mails of care to people of the firm: numbers, moments and a link, never a client's name or words.

They go to nobody outside the firm, so they are no kinds of the message log, and no rule of section 4 asks about them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from programme.terms.kinds import Choice, MailKind
from programme.words.dates import AMSTERDAM, day_in_amsterdam
from programme.words.states import Purpose
from programme.words.wording import MONTHS, WEEKDAYS, clock_words, listed

FLOW = "care"
MOST_LISTED = 3  # closed days; more are a holiday of the firm
# Whether there is a desk to lead to; without one the mail names the command that shows the same.
WAYS: Mapping[str, Choice] = {"has_desk": True}

STAFF_DIGEST = MailKind(
    "staff_digest",
    "Dagelijks overzicht",
    Purpose.SERVICE,
    FLOW,
    fields=frozenset({"title", "open", "late", "today", "link_url", "command"}),
    choices=WAYS,
)
STAFF_CASE_TASK = MailKind(
    "staff_case_task",
    "Nieuwe klachttaak",
    Purpose.SERVICE,
    FLOW,
    fields=frozenset({"client_id", "step", "by", "link_url", "command"}),
    choices=WAYS,
)
STAFF_CASE_RAISED = MailKind(
    "staff_case_raised",
    "Klacht een niveau hoger",
    Purpose.SERVICE,
    FLOW,
    fields=frozenset({"client_id", "step", "by", "link_url", "command"}),
    choices=WAYS,
)
STAFF_CASE_MISSED = MailKind(
    "staff_case_missed",
    "Stap niet op tijd gedaan",
    Purpose.SERVICE,
    FLOW,
    fields=frozenset({"client_id", "step", "by", "link_url", "command"}),
    choices=WAYS,
)
STAFF_MAILS: Mapping[str, MailKind] = {
    kind.id: kind for kind in (STAFF_DIGEST, STAFF_CASE_TASK, STAFF_CASE_RAISED, STAFF_CASE_MISSED)
}


def digest_values(due: list[datetime], today: date) -> dict[str, Choice]:
    """The values of the morning's mail, from the due moments of somebody's open tasks; its link is added later."""
    days = [day_in_amsterdam(moment) for moment in due]
    late, on_day = sum(day < today for day in days), sum(day == today for day in days)
    what = "1 taak" if len(due) == 1 else f"{len(due)} taken"
    return {
        "title": f"{what}: {late} te laat, {on_day} voor vandaag" if late else f"{what}, waarvan {on_day} voor vandaag",
        "open": "staat 1 taak" if len(due) == 1 else f"staan {len(due)} taken",
        "late": str(late),
        "today": str(on_day),
    }


def case_values(client_id: str, step: str, due_at: datetime) -> dict[str, Choice]:
    """The values of a mail about a step of a case, in words; its link is added later."""
    return {"client_id": client_id, "step": step, "by": when_words(due_at)}


def when_words(moment: datetime) -> str:
    """ "maandag 9 maart om 16.00 uur"."""
    local = moment.astimezone(AMSTERDAM)
    return f"{_day_words(local.date())} om {clock_words(local)} uur"


def closed_words(days: Sequence[date]) -> str:
    """ "Op vrijdag 25 december", "Van maandag 3 augustus tot en met vrijdag 14 augustus"; "" for no day."""
    if len(days) > MOST_LISTED:
        return f"Van {_day_words(days[0])} tot en met {_day_words(days[-1])}"
    return f"Op {listed([_day_words(day) for day in days])}" if days else ""


def _day_words(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
