"""Why a client gets which mail, and what is to come, in Dutch sentences for the marketer."""

from datetime import date

from programme.care.health import Band, Indicator, Sign, points_of
from programme.facts.cases import is_open_case
from programme.facts.projects import is_running
from programme.facts.records import Client, Recipient
from programme.inbound.preferences import topics_of
from programme.insight.forecast import ALREADY_MAILED, WANTS_TARGET, Spell
from programme.insight.timeline import suppression_words
from programme.rules.anchors import ANCHORS
from programme.rules.groups.offers import earned_words, missing_words, next_tier
from programme.rules.groups.segments import segment_of
from programme.rules.groups.tiers import measure_of, tier_of, tier_reached_on
from programme.rules.recipient_day import RecipientDay, allows_marketing
from programme.terms.schema import Programme, SegmentRule, Tier
from programme.words.naming.names import says_death
from programme.words.states import Consent, Outcome
from programme.words.wording import (
    MONTHS,
    capitalised,
    counted_words,
    date_words,
    euros,
    listed,
    number_words,
    reason_text,
)

BAND_WORDS = {Band.HEALTHY: "gaat goed", Band.AT_RISK: "let op", Band.CRITICAL: "dreigt weg te gaan"}
KIND_WORDS = {"consument": "particulier", "aannemer": "aannemer", "architect": "architect"}
CHANNEL_WORDS = {"email": "e-mail", "phone": "telefoon", "post": "post"}


def segment_words(programme: Programme, client: Client, as_of: date) -> str:
    """ "Verbouwer: drie opgeleverde projecten." """
    segment_id = segment_of(programme, client, as_of)
    segment = next(each for each in programme.segments if each.id == segment_id)
    why = listed(list(_segment_reasons(segment.when, client, as_of)))
    return f"{segment.label}: {why or 'geen van de andere segmenten past'}."


def _segment_reasons(rule: SegmentRule, client: Client, as_of: date) -> list[str]:
    reasons = []
    if rule.client_kinds:
        reasons.append(f"de klant is {KIND_WORDS[client.kind]}")
    if rule.distinct_addresses_at_least is not None:
        reasons.append(f"projecten op {number_words(rule.distinct_addresses_at_least)} of meer adressen")
    if rule.delivered_at_least is not None or rule.delivered_exactly is not None:
        number = measure_of(client, as_of).delivered
        reasons.append(counted_words(number, "opgeleverd project", "opgeleverde projecten"))
    if rule.built_within_years is not None:
        reasons.append(f"een gebouw jonger dan {number_words(rule.built_within_years)} jaar")
    return reasons


def tier_words(programme: Programme, client: Client, as_of: date) -> str:
    """ "Zilver sinds 3 februari 2026, verdiend met twee opgeleverde projecten. Voor Goud: nog één project of …" """
    tier = tier_of(programme, client, as_of)
    measure = measure_of(client, as_of)
    if tier is None:
        return f"Nog geen trede. {_missing(programme.tiers[0], missing_words(programme.tiers[0], measure))}"
    since = tier_reached_on(programme, client, as_of)
    text = f"{tier.label} sinds {date_words(since or as_of)}, verdiend met {earned_words(tier, measure)}."
    above = next_tier(programme, tier)
    if above is None:
        return f"{text} Hoger kan niet."
    return f"{text} {_missing(above, missing_words(above, measure))}"


def _missing(tier: Tier, words: str) -> str:
    return f"Voor {tier.label}: {words}."


def standing_words(
    programme: Programme, recipient: Recipient, reason: str | None, as_of: date, earlier_address: str | None = None
) -> str:
    """What may be sent to this recipient, and why, in one sentence.

    Args:
        reason: why the address is suppressed, if it is.
        earlier_address: the address under which the client opted out, when it is not the present one.
    """
    if all(client.is_erased for client in recipient.clients):
        return "Krijgt niets: de gegevens van deze klant zijn op verzoek gewist."
    if not recipient.address:
        return "Krijgt geen mail: er is geen geldig e-mailadres bekend."
    since = recipient.suppressed_since
    if since is not None and since <= as_of:
        by = f", op het eerdere adres {earlier_address}" if earlier_address else ""
        return f"Krijgt geen mail meer sinds {date_words(since)}: {suppression_words(reason)}{by}."
    consents = {client.consent for client in recipient.clients}
    if Consent.NO in consents:
        return "Krijgt alleen mails over eigen projecten: reclame heeft de klant geweigerd."
    if Consent.YES in consents:
        return "Krijgt alle mails: de klant heeft daarvoor toestemming gegeven."
    if allows_marketing(programme, recipient, as_of):
        return (
            "Krijgt alle mails: toestemming is niet vastgelegd, maar een bestaande klant mogen wij schrijven "
            "zolang hij geen bezwaar maakt."
        )
    why = "en er is nog geen opgeleverd project" if programme.consent.soft_opt_in else "en zonder mag het niet"
    return f"Krijgt alleen mails over eigen projecten: toestemming voor reclame is niet bekend, {why}."


def hold_words(programme: Programme, recipient: Recipient, as_of: date) -> list[str]:
    """What makes mails wait on that day, one sentence for each cause; empty when nothing does."""
    day = RecipientDay(programme, recipient, as_of)
    holds = [
        f"De naam van {client.client_id} in het CRM meldt een overlijden: er gaat niets meer uit. "
        "Kijk of dat klopt en pas het CRM aan."
        for client in recipient.clients
        if says_death(client.name)
    ]
    holds += [
        f"Er loopt een klacht over project {feedback.project_id} sinds {date_words(feedback.given_on)}, gegeven onder "
        f"klantnummer {feedback.client_id}: alle mails wachten tot die is opgelost."
        for feedback in recipient.feedback_of_others
        if feedback.feedback_id in recipient.staying and is_open_case(programme.health, feedback, as_of)
    ]
    for client in recipient.clients:
        holds += [
            f"Er loopt een klacht sinds {date_words(feedback.given_on)}: alle mails wachten tot die is opgelost."
            for feedback in client.feedback
            if is_open_case(programme.health, feedback, as_of)
        ]
    holds += preference_words(day)
    if day.owes_an_invoice:
        holds.append("Er staat een factuur open waarvan de termijn voorbij is: reclame wacht tot die is betaald.")
    for client in recipient.clients:
        holds += [
            f"Er loopt een project ({programme.types[project.type].label.lower()} {project.project_id}): "
            "de meeste reclame wacht tot de oplevering."
            for project in client.projects
            if is_running(project, as_of)
        ]
    return holds


def preference_words(day: RecipientDay) -> list[str]:
    """What the client chose on the preference page and stands on that day, one sentence for each."""
    wanted, told = day.wanted, []
    if unwanted := [one.label for one in topics_of(day.programme.trade) if one.topic in wanted.unwanted]:
        told.append(f"Wil geen mail over: {listed(unwanted)}.")
    if wanted.paused_until and day.as_of < wanted.paused_until:
        told.append(f"Heeft een pauze gevraagd: reclame wacht tot {date_words(wanted.paused_until)}.")
    if wanted.is_less_often:
        told.append(f"Wil minder vaak mail: reclame met {day.programme.caps.less_often_gap_days} dagen ertussen.")
    if wanted.built_on:
        work = capitalised(day.programme.trade.work)
        told.append(f"{work} is klaar, zei de klant op {date_words(wanted.built_on)}.")
    return told


def indicator_words(programme: Programme, sign: Sign, *, names_cause: bool = True) -> str:
    """ "−20: zes maanden of langer niets gehoord (laatst op 3 juni 2025)".

    Args:
        names_cause: with the id of the feedback, which says nothing to whoever reads a screen.
    """
    terms, on = programme.health, date_words(sign.on)
    text = {
        Indicator.INACTIVE: f"{_offset_words(terms.inactive_after)} of langer niets gehoord (laatst op {on})",
        Indicator.NEGATIVE_FEEDBACK: f"negatieve reactie in de laatste {_offset_words(terms.negative_feedback_within)} "
        f"({f'{sign.cause}, ' if names_cause else ''}{on})",
        Indicator.QUOTE_REJECTED: f"offerte {sign.cause} afgewezen op {on}, en daarna niets besteld",
        Indicator.NO_REVIEW: f"project {sign.cause} is al {_offset_words(terms.no_review_after)} of langer klaar "
        f"(opgeleverd op {on}), zonder beoordeling",
        Indicator.UNOPENED: f"de laatste {number_words(terms.unopened_messages)} mails niet geopend "
        f"(de nieuwste kwam aan op {on})",
    }[sign.indicator]
    return f"−{abs(points_of(terms, sign.indicator))}: {text}"


def _offset_words(offset: object) -> str:
    """ "zes maanden" for an Offset that reads "6 months"."""
    number, unit = str(offset).split()
    return f"{number_words(int(number))} {'maanden' if unit == 'months' else 'dagen'}"


def occasion_words(programme: Programme, touchpoint_id: str, occasion: str, client: Client | None) -> str:
    """The occasion in Dutch: "dakkapel P00070-1", "voorjaar 2026", "Zilver", "offerte Q12"."""
    kind = programme.kinds.in_log(touchpoint_id)
    if anchor := ANCHORS.get(kind.anchor):
        return anchor.occasion_words(programme, occasion, client)
    return f"{kind.occasion_label} {occasion}".strip()


def condition_words(programme: Programme, touchpoint_id: str, condition: str) -> str:
    """Why a mail does not come although its window is open, to follow "Komt niet:"."""
    touchpoint = programme.touchpoints[touchpoint_id]
    if condition == ALREADY_MAILED:
        return "deze mail is al verstuurd, voordat de datum in het CRM werd veranderd"
    if condition == WANTS_TARGET:
        return f"de klant heeft {programme.types[touchpoint.target or 'overig'].a} al besteld"
    named = next((each for each in touchpoint.conditions if each.name == condition), None)
    match condition:
        case "no_feedback":
            kind = getattr(named, "kind", None)
            given = {"nps": "een rapportcijfer (NPS)", "review": "een review"}.get(str(kind), "een reactie")
            return f"er is over dit project al {given}"
        case "no_project_from":
            return f"de klant had al een project van {euros(getattr(named, 'value_cents', 0))} of meer"
        case "latest_delivery_before_season":
            months = number_words(getattr(named, "within_months", 0))
            return f"de laatste oplevering valt in dit seizoen, of er was er geen in de {months} maanden ervoor"
        case "tier_at_least":
            return "die trede krijgt geen eigen mail"
        case "no_higher_tier_since":
            return "de klant stond intussen al hoger"
        case "no_order_since":
            return "de klant heeft daarna toch iets besteld"
        case "has_delivered_project":
            return "er is nog geen project opgeleverd"
        case "no_running_project":
            return "er loopt een project"
        case "not_of_segment":
            return "deze mail is niet voor klanten van dit segment"
        case _:
            return f"de voorwaarde {condition} geldt niet"


def spell_words(spell: Spell) -> str:
    """ "van 1 t/m 4 maart 2026 uitgesteld: Er loopt een klacht; …" """
    when = period_words(spell.first_on, spell.last_on)
    match spell.outcome:
        case Outcome.SEND:
            return f"{when}: versturen"
        case Outcome.DEFER:
            return f"{when} uitgesteld: {lowered(reason_text(spell.reason))}"
        case _:
            return f"{when} overgeslagen: {lowered(reason_text(spell.reason))}"


def period_words(first: date, last: date) -> str:
    """ "op 3 maart 2026", "van 1 t/m 4 maart 2026", "van 28 februari t/m 4 maart 2026"."""
    if first == last:
        return f"op {date_words(first)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"van {first.day} t/m {date_words(last)}"
    if first.year == last.year:
        return f"van {first.day} {MONTHS[first.month - 1]} t/m {date_words(last)}"
    return f"van {date_words(first)} t/m {date_words(last)}"


def lowered(text: str) -> str:
    """The text with a small first letter, to follow a colon."""
    return text[:1].lower() + text[1:]
