"""Whether the money parts of a programme file make sense: the steps, the firm's account, the people who decide."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from programme.terms.faults import Fault, Path, quoted
from programme.terms.schema import Programme
from programme.words.addresses import recipient_of
from programme.words.banking.ibans import is_iban
from programme.words.naming.people import name_key
from programme.words.states import Role

ASKED_ROLES = (Role.ENGINEER, Role.MANAGER, Role.MANAGEMENT)  # complaints of clients go from one to the next
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")  # ISO 9362


def payout_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [referral], [partners] and the tables about payouts."""
    steps = programme.referral.steps if programme.referral else None
    yield from _step_faults(("referral", "steps"), steps or (), "the first referrals would earn nothing")
    rates = programme.partners.rates if programme.partners else None
    yield from _step_faults(("partners", "rates"), rates or (), "the first projects would earn nothing")
    yield from _account_faults(programme)
    yield from _people_faults(programme)


def _step_faults(path: Path, steps: Sequence[Any], would: str) -> Iterator[Fault]:
    before = 0
    for number, step in enumerate(steps):
        from_n = step.from_n if step else None
        if from_n is None:
            continue
        place: Path = (*path, number, "from_n")
        if number == 0 and from_n != 1:
            yield Fault(place, f"{from_n}: the first step must start at 1, or {would}.")
        elif from_n <= before:
            text = f"{from_n} is not more than the {before} of the step before it; list the steps in order."
            yield Fault(place, text)
        before = max(before, from_n)


def _account_faults(programme: Programme) -> Iterator[Fault]:
    terms = programme.payouts
    if not terms:
        return
    if terms.iban and not is_iban(terms.iban):
        text = f"{quoted(terms.iban)} is not an IBAN: its form or check number is wrong. Write it without spaces."
        yield Fault(("payouts", "iban"), text)
    if terms.iban and terms.holder is not None and not terms.holder.strip():
        yield Fault(("payouts", "holder"), "is empty; the bank asks for the holder of the account. Fill it in.")
    if terms.bic and not _BIC.fullmatch(terms.bic):
        text = f"{quoted(terms.bic)} is not a BIC: 8 or 11 capitals and digits. Correct it, or leave it out."
        yield Fault(("payouts", "bic"), text)


def _people_faults(programme: Programme) -> Iterator[Fault]:
    people = list(programme.people or ())
    seen_names, seen_addresses = set(), set()
    for number, person in enumerate(people):
        path: Path = ("people", number)
        if person and person.name is not None:
            key = name_key(person.name)
            if not key or key in seen_names:
                text = "is used twice" if key else "is empty"
                yield Fault((*path, "name"), f"{quoted(person.name)} {text}; give each person a name.")
            seen_names.add(key)
        if person and person.email is not None:
            address = recipient_of(person.email)
            if not address:
                text = f"{quoted(person.email)} is not an e-mail address; write the bare address: 'naam@bureau.nl'."
                yield Fault((*path, "email"), text)
            elif address in seen_addresses:
                yield Fault((*path, "email"), f"{quoted(person.email)} is used twice; give each person an address.")
            seen_addresses.add(address)
    roles = {role for person in people if person for role in person.roles or ()}
    if missing := [role for role in ASKED_ROLES if role not in roles]:
        text = f"nobody has the role {', '.join(missing)}; at least one person of each is needed. Add [[people]]."
        yield Fault(("people",), text)
