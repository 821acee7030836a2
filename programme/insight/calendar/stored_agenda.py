"""The counts of an agenda as text, and back."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

from programme.insight.calendar.mail_calendar import Agenda
from programme.terms.schema import Programme


def written_agenda(agenda: Agenda) -> str:
    """Its counts as JSON, without the people."""
    days = {"sends": agenda.sends, "defers": agenda.defers}
    told: dict[str, Any] = {
        name: [[day.isoformat(), touchpoint, number] for (day, touchpoint), number in sorted(found.items())]
        for name, found in days.items()
    }
    told["fates"] = [[*key, number] for key, number in sorted(agenda.fates.items())]
    told["reasons"] = [[*key, number] for key, number in sorted(agenda.reasons.items())]
    return json.dumps(told, separators=(",", ":"))


def read_agenda(text: str, programme: Programme, first: date, days: int, since: date) -> Agenda:
    """The agenda that was written, from the day `since` on.

    What the programme has no touchpoint for any more is left out. The fates stay those of all of the days.
    """
    told = json.loads(text)
    agenda = Agenda(programme, max(first, since), first + timedelta(days=days - 1))
    for name, found in (("sends", agenda.sends), ("defers", agenda.defers)):
        for iso, touchpoint, number in told[name]:
            day = date.fromisoformat(iso)
            if day >= agenda.first and touchpoint in programme.touchpoints:
                found[day, touchpoint] = number
    agenda.fates = Counter({(touchpoint, fate): number for touchpoint, fate, number in told["fates"]})
    agenda.reasons = Counter({(touchpoint, why): number for touchpoint, why, number in told["reasons"]})
    return agenda
