"""Clients without anything special, in the proportions of a bureau of some years: mostly one project each."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from sample.contents import people
from sample.contents.sheets import Sheets

Choice = TypeVar("Choice", str, int)

YEARS = 6
DAYS_OF_HISTORY = YEARS * 365
LATEST_DELIVERY = 30  # days after the day of the sample: work that is still going on

# Share of each, in percent.
KINDS = {"consument": 86, "aannemer": 8, "architect": 6}
CONSENTS = {"yes": 46, "unknown": 45, "no": 9}
PROJECTS_OF_CONSUMER = {0: 7, 1: 72, 2: 15, 3: 6}
PROJECTS_OF_FIRM = {1: 25, 2: 25, 3: 20, 5: 20, 8: 10}
TYPES = {"dakkapel": 30, "uitbouw": 24, "draagmuur": 20, "fundering": 12, "renovatie": 8, "overig": 6}
COMMENTS = (
    "",
    "",
    "",
    "Prettig contact.",
    "Snel en duidelijk.",
    "Fijn dat er werd meegedacht.",
    "Prima, wel wat duur.",
)
TOPICS = ("Vraag over de vergunning", "Afspraak verzetten", "Tekening ontvangen", "Planning", "Factuur")


def add_crowd(sheets: Sheets) -> None:
    """Fill up with ordinary clients; every tenth brings one of the later ones."""
    clients: list[str] = []
    while sheets.free_clients:
        referrer = clients[-9] if len(clients) % 10 == 9 else None
        clients.append(_client(sheets, referrer))


def _client(sheets: Sheets, referrer_id: str | None) -> str:
    rng = sheets.rng
    kind = _pick(sheets, KINDS)
    name = people.person(rng) if kind == "consument" else people.firm(rng, kind)
    values: dict[str, Any] = {"kind": kind, "consent": _pick(sheets, CONSENTS)}
    if rng.random() < 0.06:
        values["email"] = None
    if rng.random() < 0.08:
        values |= {"channel": "phone", "phone_consent": rng.random() < 0.5}
    known_since = sheets.ago(rng.randint(40, DAYS_OF_HISTORY))
    client_id = sheets.client(name, **values, created_on=known_since)
    if referrer_id:
        signed_up_on = known_since + timedelta(days=rng.randint(0, 30))
        sheets.referral(referrer_id, known_since, referred_client_id=client_id, signed_up_on=signed_up_on)
        known_since = signed_up_on
    count = _pick(sheets, PROJECTS_OF_CONSUMER if kind == "consument" else PROJECTS_OF_FIRM)
    home = people.address(rng)
    for _ in range(count):
        known_since = _project(sheets, client_id, known_since, home if kind == "consument" else people.address(rng))
    if count == 0 or rng.random() < 0.05:
        _lost_quote(sheets, client_id)
    return client_id


def _project(sheets: Sheets, client_id: str, earliest: date, home: tuple[str, str]) -> date:
    """A project with all that goes with it; returns the day from which the next may be ordered."""
    rng = sheets.rng
    newest = sheets.as_of + timedelta(days=LATEST_DELIVERY)
    ordered_on = min(earliest + timedelta(days=rng.randint(10, 200)), sheets.ago(rng.randint(1, 60)))
    delivered_on = ordered_on + timedelta(days=rng.randint(12, 70))
    cancelled_on = ordered_on + timedelta(days=rng.randint(2, 11)) if rng.random() < 0.04 else None
    is_delivered = cancelled_on is None and delivered_on <= newest
    project_id = sheets.project(
        client_id,
        _pick(sheets, TYPES),
        delivered_on if is_delivered else None,
        ordered_on=ordered_on,
        cancelled_on=cancelled_on,
        address=home[0],
        postcode=home[1],
        monument=True if rng.random() < 0.05 else None,
    )
    if rng.random() < 0.7:
        _won_quote(sheets, client_id, ordered_on)
    if is_delivered and delivered_on <= sheets.as_of:
        _aftermath(sheets, client_id, project_id, delivered_on)
    return delivered_on + timedelta(days=rng.randint(30, 500))


def _won_quote(sheets: Sheets, client_id: str, ordered_on: date) -> None:
    sent_on = ordered_on - timedelta(days=sheets.rng.randint(4, 25))
    sheets.quote(client_id, sent_on, decided_on=ordered_on, decision="accepted")


def _lost_quote(sheets: Sheets, client_id: str) -> None:
    sent_on = sheets.ago(sheets.rng.randint(30, 900))
    decided_on = sent_on + timedelta(days=sheets.rng.randint(5, 25))
    decision = sheets.rng.choice(("rejected", "rejected", None))
    value_eur = sheets.rng.randint(500, 6_000)
    sheets.quote(
        client_id,
        sent_on,
        decided_on=decided_on if decision else None,
        decision=decision,
        type="uitbouw",
        value_eur=value_eur,
    )


def _aftermath(sheets: Sheets, client_id: str, project_id: str, delivered_on: date) -> None:
    """Invoice, feedback and a call or two, as far as they have come by the day of the sample."""
    rng = sheets.rng
    paid_on = delivered_on + timedelta(days=rng.randint(3, 45))
    is_paid = paid_on <= sheets.as_of and rng.random() < 0.985
    amount_eur = round(sheets.value_of(project_id) * 1.21, 2)
    sheets.invoice(
        client_id, delivered_on, project_id=project_id, amount_eur=amount_eur, paid_on=paid_on if is_paid else None
    )
    given_on = delivered_on + timedelta(days=rng.randint(4, 40))
    if given_on <= sheets.as_of:
        _feedback(sheets, client_id, project_id, given_on)
    if rng.random() < 0.4:
        direction = rng.choice(("in", "in", "out"))
        sheets.interaction(client_id, delivered_on, direction, channel="telefoon", topic=rng.choice(TOPICS))


def _feedback(sheets: Sheets, client_id: str, project_id: str, given_on: date) -> None:
    rng = sheets.rng
    if rng.random() < 0.4:
        score = rng.choice((10, 10, 9, 9, 9, 8, 8, 8, 7, 7, 6, 4))
        values: dict[str, Any] = {"score": score, "comment": rng.choice(COMMENTS) or None}
        if score <= 6:
            values |= {"severity": "minor", "resolved_on": given_on + timedelta(days=rng.randint(2, 20))}
        sheets.feedback(client_id, given_on, "nps", project_id=project_id, **values)
    if rng.random() < 0.3:
        sheets.feedback(client_id, given_on, "review", project_id=project_id, score=rng.randint(7, 10))
    if rng.random() < 0.1:
        sheets.feedback(client_id, given_on, "ces", project_id=project_id, score=rng.randint(1, 7))


def _pick(sheets: Sheets, shares: Mapping[Choice, int]) -> Choice:
    return sheets.rng.choices(list(shares), weights=list(shares.values()))[0]
