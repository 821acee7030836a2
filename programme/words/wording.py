"""The Dutch that clients and marketers read: dates, amounts, counted words, what a decision means."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache

from programme.words.states import MessageStatus, Outcome, Reason

NO_DAY = "Vul een datum in als 3-3-2026."  # to who typed something else in a field for a day
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
SMALL_NUMBERS = (
    "nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
)  # fmt: skip

DAYS_OF_MONTH = 30
ORDINALS = (
    "nulde", "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende",
    "elfde", "twaalfde",
)  # fmt: skip


_REASONS: Mapping[str, str] = {
    Reason.NO_ADDRESS: "Geen geldig e-mailadres bekend, of de gegevens van deze klant zijn gewist.",
    Reason.SUPPRESSED: "Dit adres staat op de lijst van adressen die geen mail meer krijgen.",
    Reason.NO_CONSENT: "Geen toestemming voor reclame: daarvoor heeft de klant niet gekozen, of bezwaar gemaakt.",
    Reason.NOT_WANTED: "De klant wil over dit onderwerp geen mail.",
    Reason.NO_DELIVERY: "Wij hebben voor deze klant nog geen project afgerond.",
    Reason.SUPERSEDED: "Een andere mail neemt de plaats van deze mail in.",
    Reason.REPEATED: "De klant kreeg deze mail kort geleden al.",
    Reason.OPEN_CASE: "Er loopt een klacht; eerst lossen wij die op.",
    Reason.SURVEY_BUDGET: "De klant kreeg kort geleden al een vraag om een mening.",
    Reason.OVERDUE_INVOICE: "Er staat een factuur open waarvan de betaaltermijn voorbij is.",
    Reason.PAUSED: "De klant heeft een pauze gevraagd, en die is nog niet voorbij.",
    Reason.RUNNING_PROJECT: "De klant heeft een lopend project; de mail wacht tot dat klaar is.",
    Reason.OUTRANKED: "De klant krijgt op deze dag al een andere mail.",
    Reason.FREQUENCY_CAP: "De klant kreeg de afgelopen dagen al een mail.",
    Reason.HELD_OUT: "De klant zit in de vergelijkingsgroep van een proef en krijgt deze mail bewust niet.",
}

_OUTCOMES: Mapping[str, str] = {
    Outcome.SEND: "Versturen",
    Outcome.DEFER: "Uitgesteld",
    Outcome.SKIP: "Overgeslagen",
}

_FAMILIES: Mapping[str, str] = {
    "lifecycle": "Rond een project",
    "cross-sell": "Vervolgproject",
    "churn": "Behoud",
    "win-back": "Terugwinnen",
}

_STATUSES: Mapping[str, str] = {
    MessageStatus.PLANNED: "Klaar voor verzending",
    MessageStatus.SENDING: "Wordt verstuurd",
    MessageStatus.ACCEPTED: "Verstuurd",
    MessageStatus.IN_DOUBT: "Onzeker of de mail is verstuurd",
    MessageStatus.REJECTED: "Geweigerd door de verzenddienst",
    MessageStatus.LOGGED: "Alleen vastgelegd, niet verstuurd",
    MessageStatus.SUPERSEDED: "Vervangen door een andere mail",
    MessageStatus.REPEATED: "Niet verstuurd: kort geleden al gestuurd",
    MessageStatus.HELD_OUT: "Niet verstuurd: vergelijkingsgroep van een proef",
    MessageStatus.EXPIRED: "Verlopen: de periode ging voorbij",
    MessageStatus.CANCELLED: "Ingetrokken voor verzending",
}


def reason_text(reason: str | None) -> str:
    """The Dutch sentence for the reason of a decision; for None, the sentence of a send."""
    return _REASONS[reason] if reason else "De klant krijgt deze mail."


def outcome_text(outcome: str) -> str:
    """The Dutch word for an outcome. Raises KeyError for an unknown one."""
    return _OUTCOMES[outcome]


def family_text(family: str, club: str) -> str:
    """The Dutch heading of a touchpoint family; that of the club has its name. Raises KeyError for an unknown one."""
    return club if family == "loyalty" else _FAMILIES[family]


def status_text(status: str) -> str:
    """The Dutch words for a message status. Raises KeyError for an unknown one."""
    return _STATUSES[status]


@lru_cache(maxsize=4096)
def date_words(day: date) -> str:
    """ "3 februari 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_words(day: date) -> str:
    """ "dinsdag 3 februari 2026"."""
    return f"{WEEKDAYS[day.weekday()]} {date_words(day)}"


def clock_words(at: time | datetime) -> str:
    """ "9.05", "16.00", to stand before "uur"."""
    return f"{at.hour}.{at.minute:02d}"


@lru_cache(maxsize=4096)
def euros(cents: int) -> str:
    """ "€ 50", "€ 1.234,50", "-€ 12,05"; whole euros without decimals."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    whole, rest = divmod(cents, 100)
    text = f"{whole:,}".replace(",", ".")
    return f"{sign}€ {text},{rest:02d}" if rest else f"{sign}€ {text}"


def unbroken(text: str) -> str:
    """The text with a no-break space behind each euro sign, for a place where a line may end."""
    return text.replace("€ ", "€\u00a0")


def whole_euros(cents: int) -> str:
    """The amount in cents rounded up to whole euros, so that an amount still missing is never shown too low."""
    return euros(-(-cents // 100) * 100)


def number_words(number: int) -> str:
    """ "één", "twee" … "twaalf", then digits."""
    return SMALL_NUMBERS[number] if 0 <= number < len(SMALL_NUMBERS) else str(number)


def ordinal_words(number: int) -> str:
    """ "eerste", "tweede" … "twaalfde", then "13e"."""
    return ORDINALS[number] if 0 <= number < len(ORDINALS) else f"{number}e"


def counted_words(number: int, one: str, many: str) -> str:
    """ "één project", "twee projecten"."""
    return f"{number_words(number)} {one if number == 1 else many}"


def by_workday(days: int) -> str:
    """By when, in working days from today: "uiterlijk de volgende werkdag", "binnen twee werkdagen"."""
    return "uiterlijk de volgende werkdag" if days == 1 else f"binnen {counted_words(days, 'werkdag', 'werkdagen')}"


def duration_words(days: int, months: int) -> str:
    """An offset in words, to stand before "geleden": "een jaar", "anderhalf jaar", "acht weken", "tien dagen".

    30 days are "een maand": nobody says "30 dagen geleden" who means about a month.
    """
    if months == 18:
        return "anderhalf jaar"
    units = ((months, 12, "jaar", "jaar"), (months, 1, "maand", "maanden"), (days, DAYS_OF_MONTH, "maand", "maanden"))
    for length, unit, one, many in (*units, (days, 7, "week", "weken"), (days, 1, "dag", "dagen")):
        if length and length % unit == 0:
            return f"een {one}" if length == unit else f"{number_words(length // unit)} {many}"
    return "enkele dagen"


def listed(parts: Sequence[str], last: str = "en") -> str:
    """ "a", "a en b", "a, b en c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def capitalised(text: str) -> str:
    """The text with a capital first letter; the Dutch ij counts as one letter."""
    if text[:2].lower() == "ij":
        return "IJ" + text[2:]
    return text[:1].upper() + text[1:]
