"""What followed the mails of the last 12 months, and who did not get one: "after", never because of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from programme.figures.families.funnels import Funnel
from programme.figures.page.words import k_of_n
from programme.figures.report import Report
from programme.terms.schema import Programme
from programme.words.numerals import decimal_words, dotted, whole_money_words
from programme.words.plain_text import clean
from programme.words.states import Reason
from programme.words.wording import listed

ROWS_SHOWN = 25
BAR_WIDTH = 150.0
LONGEST_NAME = 60
REASONS_SHOWN = 3

# How mailbox providers judge a sender, per 1,000 delivered (facts: Gmail's and Yahoo's rules for senders).
COMPLAINTS_MOST = 3.0
JUDGED = ((1.0, "dat is weinig"), (COMPLAINTS_MOST, "dat mag niet hoger"))
TOO_MUCH = "dat is te veel: mailbedrijven gaan onze mail weigeren"

WHY: Mapping[str, str] = {
    Reason.NO_ADDRESS: "zonder geldig mailadres",
    Reason.SUPPRESSED: "omdat het adres geen mail meer krijgt",
    Reason.NO_CONSENT: "omdat zij geen toestemming gaven",
    "not_wanted": "omdat zij over dit onderwerp geen mail willen",
    Reason.NO_DELIVERY: "omdat er nog geen project klaar is",
    Reason.SUPERSEDED: "omdat een andere mail in de plaats kwam",
    Reason.REPEATED: "omdat zij deze mail pas nog kregen",
    Reason.OPEN_CASE: "omdat er een klacht loopt",
    Reason.SURVEY_BUDGET: "omdat zij pas nog om hun mening zijn gevraagd",
    Reason.OVERDUE_INVOICE: "omdat er een factuur openstaat",
    "paused": "omdat zij een pauze vroegen",
    Reason.RUNNING_PROJECT: "omdat er een project loopt",
    Reason.OUTRANKED: "omdat er die dag een andere mail voorging",
    Reason.FREQUENCY_CAP: "omdat er net een mail was",
    Reason.HELD_OUT: "voor de vergelijking in een proef",
}


@dataclass(frozen=True)
class MailLine:
    """One mail or campaign.

    Attributes:
        bars: widths of planned, delivered and answered, each within the one before.
        withheld: who did not get it and why, in a sentence; "" where all did.
    """

    label: str
    bars: Sequence[float]
    planned: str
    delivered: str
    opened: str
    answered: str
    ordered: str
    revenue: str
    withheld: str


@dataclass(frozen=True)
class Mails:
    """The table, and what was sent too much.

    Attributes:
        hidden: how many more there are, with fewer mails each; "" without any.
        burden: unsubscribes and complaints against the bounds, in a sentence.
    """

    lines: Sequence[MailLine]
    hidden: str
    window_days: int
    burden: str


def mails_of(report: Report, programme: Programme) -> Mails:
    """In the order of the programme, then campaigns and the mails of rooms; of very many the ones with most mails."""
    order = {name: place for place, name in enumerate(programme.touchpoints)}
    every = [each for each in report.touchpoints if each.planned or each.skipped or each.deferred]
    most = sorted(every, key=lambda each: -each.planned)[:ROWS_SHOWN]
    kept = sorted(most, key=lambda each: (order.get(each.touchpoint, len(order)), report.touchpoints.index(each)))
    highest = max((each.planned for each in kept), default=0)
    lines = [_mail(each, programme, highest) for each in kept]
    hidden = len(every) - len(kept)
    return Mails(lines, dotted(hidden) if hidden else "", programme.figures.window_days, _burden(report))


def label_of(funnel: Funnel, programme: Programme) -> str:
    """As the programme names it, with the campaign's own name; an id that it no longer has stands as it is."""
    known = programme.kinds.get(funnel.touchpoint)
    label = known.label if known else funnel.touchpoint
    parts = [label, *(part for part in (funnel.campaign, funnel.segment, funnel.tier) if part)]
    return clean(": ".join(parts), LONGEST_NAME)


def _mail(funnel: Funnel, programme: Programme, highest: int) -> MailLine:
    stages = (funnel.planned, funnel.delivered, funnel.answered)
    return MailLine(
        label_of(funnel, programme),
        [round(number / highest * BAR_WIDTH, 1) if highest else 0.0 for number in stages],
        dotted(funnel.planned),
        dotted(funnel.delivered),
        k_of_n(funnel.opened, funnel.tracked) if funnel.tracked else "niet gemeten",
        dotted(funnel.answered) if funnel.answered else "–",
        dotted(funnel.ordered),
        whole_money_words(funnel.revenue_cents),
        _withheld(funnel),
    )


def _withheld(funnel: Funnel) -> str:
    """The three reasons that held most of them back, then the rest together."""
    held = {**funnel.skipped}
    for reason, number in funnel.deferred.items():
        held[reason] = held.get(reason, 0) + number
    found = ((number, reason) for reason, number in held.items() if number)
    reasons = sorted(found, key=lambda each: (-each[0], each[1]))
    if not reasons:
        return ""
    told = list(_told(reasons[:REASONS_SHOWN]))
    if rest := sum(number for number, _ in reasons[REASONS_SHOWN:]):
        told.append(f"{dotted(rest)} om andere redenen")
    return f"{dotted(sum(number for number, _ in reasons))} niet of later: {listed(told)}"


def _told(reasons: Sequence[tuple[int, str]]) -> Iterator[str]:
    for number, reason in reasons:
        yield f"{dotted(number)} {WHY.get(reason, 'om een andere reden')}"


def _burden(report: Report) -> str:
    whole = [each for each in report.touchpoints if not (each.segment or each.tier)]
    delivered = sum(each.delivered for each in whole)
    left, complained = sum(each.unsubscribed for each in whole), sum(each.complained for each in whole)
    if delivered < report.small_n:
        return ""
    spam = complained / delivered * 1000
    judged = next((words for below, words in JUDGED if spam < below), TOO_MUCH)
    led = "leidde" if left == 1 else "leidden"
    return (
        f"Van {dotted(delivered)} bezorgde mails {led} er {dotted(left)} tot een afmelding "
        f"({decimal_words(left / delivered * 1000, 1)} per 1.000) en {dotted(complained)} tot een klacht als spam "
        f"({decimal_words(spam, 1)} per 1.000; {judged}, de grens ligt bij {decimal_words(COMPLAINTS_MOST)})."
    )
