"""The mails of campaigns to people of the firm: numbers, the marketer's own words and a link, never a client's."""

from datetime import datetime

from programme.campaigns.audience.audience_words import people_words
from programme.terms.kinds import Choice, MailKind
from programme.words.dates import AMSTERDAM
from programme.words.states import Purpose
from programme.words.wording import capitalised, clock_words, weekday_words

STAFF_CAMPAIGN = MailKind(
    "staff_campaign",
    "Akkoord voor een campagne",
    Purpose.SERVICE,
    "campaign",
    fields=frozenset({"title", "about", "reason", "ask", "button", "link_url"}),
    choices={"has_reason": True},
)


def moment_words(moment: datetime | None) -> str:
    """ "op maandag 9 maart 2026 om 16.00 uur", or at once."""
    if moment is None:
        return "zodra er akkoord is"
    local = moment.astimezone(AMSTERDAM)
    return f"op {weekday_words(local.date())} om {clock_words(local)} uur"


def asking_values(name: str, audience: str, people: int, moment: datetime | None, asked_by: str) -> dict[str, Choice]:
    """The question to who may answer."""
    who = f"{asked_by} vraagt" if asked_by else "De campagne is in Prefect gestart en vraagt"
    about = f"{capitalised(audience)}; {people_words(people)}; {moment_words(moment)}."
    ask = f"{who} om akkoord. Bekijk de mail en beslis. Wie het eerst antwoordt, telt."
    return _values(f"Campagne {name} wacht op u", about, "", ask, "Ja of nee")


def answer_values(name: str, is_yes: bool, by_name: str, reason: str) -> dict[str, Choice]:
    """The answer, to who asked."""
    if is_yes:
        about = f"{by_name} gaf akkoord. De campagne is gestart, of wacht op het gekozen moment."
        return _values(f"Akkoord voor campagne {name}", about, "", "Stoppen kan altijd, op de balie.", "Bekijk")
    about = f"{by_name} zei nee. Er is niets verstuurd."
    return _values(
        f"Geen akkoord voor campagne {name}", about, reason, "Pas de campagne aan en vraag opnieuw.", "Bekijk"
    )


def stopped_values(name: str, why: str) -> dict[str, Choice]:
    """Why a run did not send what was approved, to who asked."""
    ask = "Kijk het na, en vraag opnieuw akkoord als het zo hoort."
    return _values(f"Campagne {name} is tegengehouden", "Deze start verstuurde niets.", why, ask, "Bekijk")


def _values(title: str, about: str, reason: str, ask: str, button: str) -> dict[str, Choice]:
    return {
        "title": title,
        "about": about,
        "reason": reason,
        "ask": ask,
        "button": button,
        "has_reason": bool(reason),
    }
