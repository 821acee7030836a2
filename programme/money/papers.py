"""The ledger as papers: what an entry means in Dutch, and what a referrer's year came to. No friend is ever named."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from programme.money.entries import Leg
from programme.money.states import IN_TRANSIT_OF, PAYABLE_OF, Account, EntryKind, PayoutKind
from programme.words.wording import date_words, euros

OWED = {
    PayoutKind.REWARD: frozenset({Account.PENDING, PAYABLE_OF[PayoutKind.REWARD], IN_TRANSIT_OF[PayoutKind.REWARD]}),
    PayoutKind.COMMISSION: frozenset(
        {Account.COMMISSION_PENDING, PAYABLE_OF[PayoutKind.COMMISSION], IN_TRANSIT_OF[PayoutKind.COMMISSION]}
    ),
}
"""The accounts that together are what we owe a referrer."""

_OF_BANK = frozenset({EntryKind.PAID, EntryKind.RETURNED})

WORDS = {
    EntryKind.OPENING: "Beloning voor aanbeveling {referral}, eerder al betaald",
    EntryKind.QUALIFY: "Beloning voor aanbeveling {referral}, in de wachttijd",
    EntryKind.RELEASE: "Beloning voor aanbeveling {referral} mag worden uitbetaald",
    EntryKind.HOLD: "Beloning voor aanbeveling {referral} terug in de wachttijd",
    EntryKind.REVERSE: "Beloning voor aanbeveling {referral} teruggedraaid",
    EntryKind.COMMISSION: "Commissie voor project {project}",
    EntryKind.COMMISSION_RELEASE: "Commissie voor project {project} mag worden gefactureerd",
    EntryKind.INVOICE: "Btw van factuur {invoice}",
    EntryKind.ADJUST: "Correctie {number}",
    EntryKind.RESERVE: "Klaargezet voor uitbetaling, kenmerk {line}",
    EntryKind.PAID: "Uitbetaald, kenmerk {line}",
    EntryKind.RETURNED: "Teruggestuurd door de bank, kenmerk {line}",
    EntryKind.VOID: "Uitbetaling niet doorgegaan, kenmerk {line}",
    EntryKind.REJECTED: "Uitbetaling geweigerd door de bank, kenmerk {line}",
}


class Posting(NamedTuple):
    """An entry as the ledger has it, with its legs; of common accounts `client_id` is "".

    The reason that a person wrote is left out on purpose: it may name anybody.
    """

    id: int
    day: date
    kind: EntryKind
    business_key: str
    referrer_id: str
    referral_id: str | None
    project_id: str | None
    end_to_end_id: str | None
    legs: tuple[Leg, ...]


class StatementLine(NamedTuple):
    """Amounts in cents; `change_cents` is 0 for what only moved, and `balance_cents` what was owed after it."""

    day: date
    words: str
    change_cents: int
    balance_cents: int


class Section(NamedTuple):
    """Rewards or commission in a year: what was owed at its beginning, each entry, and what is owed at its end.

    Attributes:
        earned_cents: with corrections, what was taken back, and VAT.
        paid_cents: without what came back.
    """

    kind: PayoutKind
    opening_cents: int
    lines: Sequence[StatementLine]
    earned_cents: int
    paid_cents: int

    @property
    def closing_cents(self) -> int:
        """What is owed at the end, in cents."""
        return self.lines[-1].balance_cents if self.lines else self.opening_cents


class Statement(NamedTuple):
    """The year of one referrer, up to `until`.

    Attributes:
        kept_until: the last day on which what it says is kept.
    """

    client_id: str
    name: str
    year: int
    until: date
    kept_until: date
    sections: Sequence[Section]


def words_of(posting: Posting) -> str:
    """What an entry means, in Dutch and without its amount."""
    return WORDS[posting.kind].format(
        referral=posting.referral_id,
        project=posting.project_id,
        line=posting.end_to_end_id,
        invoice=posting.business_key.removeprefix(f"{posting.kind}:{posting.referrer_id}:"),
        number=posting.business_key.rpartition(":")[2],
    )


def kind_of(posting: Posting) -> PayoutKind:
    """Whether it is about rewards or about commission: its accounts tell."""
    accounts = {leg.account for leg in posting.legs}
    return PayoutKind.COMMISSION if accounts & OWED[PayoutKind.COMMISSION] else PayoutKind.REWARD


def change_of(posting: Posting) -> int:
    """What it adds to what is owed, in cents; 0 for what only moves between the referrer's accounts."""
    return sum(leg.amount_cents for leg in posting.legs if leg.account in OWED[kind_of(posting)])


def sections_of(postings: Iterable[Posting], year: int) -> list[Section]:
    """The sections that have something to say. Entries of later years are left out.

    Args:
        postings: of one referrer, by day and then id.
    """
    first = date(year, 1, 1)
    opening = dict.fromkeys(PayoutKind, 0)
    own: dict[PayoutKind, list[Posting]] = {kind: [] for kind in PayoutKind}
    for posting in postings:
        if posting.day < first:
            opening[kind_of(posting)] += change_of(posting)
        elif posting.day.year == year:
            own[kind_of(posting)].append(posting)
    return [_section(kind, opening[kind], own[kind]) for kind in PayoutKind if opening[kind] or own[kind]]


def _section(kind: PayoutKind, opening_cents: int, postings: Sequence[Posting]) -> Section:
    balance, lines, earned, paid = opening_cents, [], 0, 0
    for posting in postings:
        change = change_of(posting)
        balance += change
        if posting.kind in _OF_BANK:
            paid -= change
        else:
            earned += change
        words = words_of(posting) if change else f"{words_of(posting)} ({euros(_moved(posting))})"
        lines.append(StatementLine(posting.day, words, change, balance))
    return Section(kind, opening_cents, lines, earned, paid)


def _moved(posting: Posting) -> int:
    return max(leg.amount_cents for leg in posting.legs)


def summary(statement: Statement) -> str:
    """The statement in a sentence or two."""
    if not statement.sections:
        return f"In {statement.year} is er niets geboekt, en er staat niets open."
    sentences = []
    for section in statement.sections:
        what = "beloningen" if section.kind is PayoutKind.REWARD else "commissie (met btw)"
        sentences.append(
            f"In {statement.year} {_earned(section, what)} en {_paid(section)}. "
            f"Op {date_words(statement.until)} staat er "
            + (
                f"{euros(section.closing_cents)} voor u open."
                if section.closing_cents >= 0
                else f"{euros(-section.closing_cents)} open om te verrekenen met een volgende keer."
            )
        )
    return " ".join(sentences)


def _earned(section: Section, what: str) -> str:
    if section.earned_cents < 0:
        return f"draaiden wij {euros(-section.earned_cents)} aan {what} terug"
    return f"verdiende u {euros(section.earned_cents)} aan {what}"


def _paid(section: Section) -> str:
    """What was paid in the year before may come back in this one."""
    if section.paid_cents < 0:
        return f"kwam er {euros(-section.paid_cents)} van de bank terug"
    return f"betaalden wij u {euros(section.paid_cents)}"
