"""What happened with a client, one line of Dutch for each fact."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from programme.care.cases.case import CaseState
from programme.care.words import CASE_END_WORDS, SEVERITY_WORDS
from programme.facts.cases import is_negative
from programme.facts.records import Client, Feedback, Preference, Project, Quote, WonReferral
from programme.inbound.answers import Question, forms_in
from programme.inbound.preferences import choice_words
from programme.terms.project_types import ProjectTypes
from programme.terms.schema import HealthTerms, Programme
from programme.terms.trade import TradeTerms
from programme.words.states import Direction, QuoteDecision, SuppressionReason
from programme.words.wording import euros

LONGEST_QUOTE = 240  # characters of a comment that a line shows

KIND_WORDS = {"nps": "NPS", "csat": "tevredenheid", "ces": "gemak", "review": "review", "other": "reactie"}
CHANNEL_WORDS = {"phone": "telefoon", "email": "e-mail", "visit": "bezoek", "meeting": "gesprek"}
SUPPRESSION_WORDS = {
    SuppressionReason.UNSUBSCRIBE: "uitgeschreven",
    SuppressionReason.BOUNCE: "het adres bestaat niet meer",
    SuppressionReason.SPAM_REPORT: "meldde onze mail als ongewenst",
    SuppressionReason.INVALID: "het adres is ongeldig",
    SuppressionReason.MANUAL: "met de hand geblokkeerd",
}


class Contact(NamedTuple):
    """A contact between the client and the firm, in either direction."""

    interaction_id: str
    client_id: str
    occurred_on: date
    direction: str
    channel: str | None
    topic: str | None


class Bill(NamedTuple):
    """An invoice with its amount."""

    invoice_id: str
    client_id: str
    project_id: str | None
    amount_cents: int
    issued_on: date
    due_on: date
    paid_on: date | None


class Introduction(NamedTuple):
    """A referral by the client; the referred person's name is left out."""

    referral_id: str
    referrer_id: str
    referred_client_id: str | None
    invited_on: date
    signed_up_on: date | None


class GivenAnswer(NamedTuple):
    """An answer that the client gave on our pages."""

    client_id: str
    question: str
    answer: str
    comment: str | None
    answered_on: date


class ListChange(NamedTuple):
    """The recipient's address was suppressed, or its suppression was lifted (`change`)."""

    changed_on: date
    change: str
    reason: str | None
    by_name: str | None


class Fact(NamedTuple):
    """One line of the timeline. `client_id` is "" for a fact about the address rather than a record."""

    on: date
    client_id: str
    kind: str
    text: str


@dataclass(frozen=True)
class Records:
    """Everything that the timeline lists about one recipient, whatever its dates.

    Attributes:
        comments: (feedback id, comment) pairs.
        ended: (feedback id, state) pairs: how the case of a feedback ended.
    """

    clients: tuple[Client, ...]
    contacts: tuple[Contact, ...] = ()
    bills: tuple[Bill, ...] = ()
    introductions: tuple[Introduction, ...] = ()
    answers: tuple[GivenAnswer, ...] = ()
    list_changes: tuple[ListChange, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    preferences: tuple[Preference, ...] = ()
    ended: tuple[tuple[str, str], ...] = ()


def timeline(programme: Programme, records: Records) -> list[Fact]:
    """Every dated fact in order of day; facts of one day are in the order in which such things happen."""
    terms, types = programme.health, programme.types
    comments, ended = dict(records.comments), dict(records.ended)
    facts = [
        *(fact for client in records.clients for project in client.projects for fact in _of_project(types, project)),
        *(fact for client in records.clients for quote in client.quotes for fact in _of_quote(types, quote)),
        *(fact for bill in records.bills for fact in _of_bill(bill)),
        *(
            fact
            for client in records.clients
            for feedback in client.feedback
            for fact in _of_feedback(terms, feedback, comments.get(feedback.feedback_id), ended)
        ),
        *(_of_contact(contact) for contact in records.contacts),
        *(fact for introduction in records.introductions for fact in _of_introduction(introduction)),
        *(fact for client in records.clients for won in client.won_referrals for fact in _of_won(won)),
        *(_of_answer(programme.trade, answer) for answer in records.answers),
        *_of_list(records.list_changes),
        *(_of_preference(programme.trade, one) for one in records.preferences),
    ]
    return sorted(facts, key=lambda fact: fact.on)


def _of_preference(trade: TradeTerms, one: Preference) -> Fact:
    return Fact(one.on, "", "preference", choice_words(trade, one.name, one.value))


def _of_project(types: ProjectTypes, project: Project) -> Iterator[Fact]:
    name = f"{types[project.type].label.lower()} {project.project_id}"
    details = [euros(project.value_cents), project.engineer, "monument" if project.monument else None]
    shown = ", ".join(detail for detail in details if detail)
    yield Fact(project.ordered_on, project.client_id, "project_ordered", f"Opdracht: {name} ({shown})")
    if project.delivered_on:
        yield Fact(project.delivered_on, project.client_id, "project_delivered", f"Opgeleverd: {name}")
    if project.cancelled_on:
        text = f"Geannuleerd: {name}; telt vanaf hier nergens meer voor mee"
        yield Fact(project.cancelled_on, project.client_id, "project_cancelled", text)


def _of_quote(types: ProjectTypes, quote: Quote) -> Iterator[Fact]:
    kind = f" voor {types[quote.type].label.lower()}" if quote.type else ""
    amount = f", {euros(quote.value_cents)}" if quote.value_cents is not None else ""
    yield Fact(quote.sent_on, quote.client_id, "quote_sent", f"Offerte {quote.quote_id}{kind} verstuurd{amount}")
    if quote.decided_on:
        became = {QuoteDecision.ACCEPTED: "aangenomen", QuoteDecision.REJECTED: "afgewezen"}
        word = became.get(QuoteDecision(quote.decision), "besloten") if quote.decision else "besloten"
        yield Fact(quote.decided_on, quote.client_id, "quote_decided", f"Offerte {quote.quote_id}{kind} {word}")


def _of_bill(bill: Bill) -> Iterator[Fact]:
    name = f"Factuur {bill.invoice_id} van {euros(bill.amount_cents)}"
    yield Fact(bill.issued_on, bill.client_id, "invoice_issued", f"{name}, te betalen uiterlijk {_short(bill.due_on)}")
    if bill.paid_on:
        late = (bill.paid_on - bill.due_on).days
        after = f", {late} {'dag' if late == 1 else 'dagen'} te laat" if late > 0 else ""
        yield Fact(bill.paid_on, bill.client_id, "invoice_paid", f"{name} betaald{after}")


def _of_feedback(
    terms: HealthTerms, feedback: Feedback, comment: str | None, ended: Mapping[str, str]
) -> Iterator[Fact]:
    """What was said; and how a complaint ended: solved, unless its case ended otherwise."""
    score = f" {feedback.score}" if feedback.score is not None else ""
    about = f" over {feedback.project_id}" if feedback.project_id else ""
    text = f"Reactie: {KIND_WORDS[feedback.kind]}{score}{about}" if feedback.kind != "other" else f"Reactie{about}"
    negative = is_negative(terms, feedback)
    if negative:
        severity = f" ({SEVERITY_WORDS[feedback.severity]})" if feedback.severity else ""
        text += f"; negatief, dus een klacht{severity}"
    yield Fact(feedback.given_on, feedback.client_id, "feedback_given", text + _quoted(comment))
    if negative and feedback.resolved_on:
        end = ended.get(feedback.feedback_id, CaseState.RESOLVED)
        text = f"Klacht{about} {CASE_END_WORDS[end]}"
        yield Fact(feedback.resolved_on, feedback.client_id, "case_resolved", text)


def _of_contact(contact: Contact) -> Fact:
    who = "Contact van de klant" if contact.direction == Direction.IN else "Contact van ons"
    how = f" ({CHANNEL_WORDS.get(contact.channel, contact.channel)})" if contact.channel else ""
    topic = f": {contact.topic}" if contact.topic else ""
    return Fact(contact.occurred_on, contact.client_id, f"interaction_{contact.direction}", f"{who}{how}{topic}")


def _of_introduction(introduction: Introduction) -> Iterator[Fact]:
    made, owner = introduction.referral_id, introduction.referrer_id
    yield Fact(introduction.invited_on, owner, "referral_invited", f"Beval ons aan (aanbeveling {made})")
    if introduction.signed_up_on:
        whom = f" als klant {introduction.referred_client_id}" if introduction.referred_client_id else ""
        text = f"Aanbeveling {made} meldde zich aan{whom}"
        yield Fact(introduction.signed_up_on, owner, "referral_signed_up", text)


def _of_won(won: WonReferral) -> Iterator[Fact]:
    """The day from which the referral counts; a later cancellation is listed with its project."""
    for delivery in won.deliveries[:1]:
        text = f"Aanbeveling {won.referral_id} telt mee: bij die klant is een project opgeleverd"
        yield Fact(max(delivery.delivered_on, won.spells[0].from_on), won.referrer_id, "referral_won", text)


def _of_answer(trade: TradeTerms, answer: GivenAnswer) -> Fact:
    label = answer.answer
    if answer.question in set(Question) and (
        choice := forms_in(trade)[Question(answer.question)].choice(answer.answer)
    ):
        label = choice.label
    text = f"Antwoord op onze mail ({answer.question}): {label}{_quoted(answer.comment)}"
    return Fact(answer.answered_on, answer.client_id, "answer", text)


def _of_list(changes: Iterable[ListChange]) -> Iterator[Fact]:
    for change in changes:
        if change.change == "lifted":
            who = f", vastgelegd door {change.by_name}" if change.by_name else ""
            yield Fact(change.changed_on, "", "suppression_lifted", f"Mag weer mail krijgen{who}")
        else:
            yield Fact(
                change.changed_on, "", "suppressed", f"Krijgt geen mail meer: {suppression_words(change.reason)}"
            )


def suppression_words(reason: str | None) -> str:
    """Why an address gets no more mail, to follow "Krijgt geen mail meer:"."""
    known = reason in set(SuppressionReason)
    return SUPPRESSION_WORDS[SuppressionReason(reason)] if known and reason else "geen reden bekend"


def _quoted(comment: str | None) -> str:
    if not comment:
        return ""
    words = " ".join(comment.split())
    shown = words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rstrip() + " …"
    return f" “{shown}”"


def _short(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
