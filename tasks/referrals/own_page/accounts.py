"""An account as a client writes it, checked before it is kept."""

from collections.abc import Mapping
from typing import NamedTuple

from programme.money.bank.texts import LONGEST_NAME, to_bank_text
from programme.words.banking.ibans import is_iban
from programme.words.banking.sepa import is_of_sepa
from programme.words.plain_text import clean
from tasks.base.ibans import is_possible_iban


class BankAccount(NamedTuple):
    """An IBAN without spaces, and the name of its holder as he wrote it."""

    iban: str
    holder: str


def read_account(fields: Mapping[str, str]) -> tuple[BankAccount | None, dict[str, str]]:
    """The account, or None and what is wrong: by field, the sentence that stands beside it."""
    faults = {}
    iban = "".join(sign for sign in fields.get("iban", "").upper() if sign.isalnum())
    holder = clean(fields.get("houder", ""), LONGEST_NAME)
    if not is_iban(iban) or not is_possible_iban(iban):
        faults["iban"] = "Dit rekeningnummer klopt niet. Controleer de cijfers."
    elif not is_of_sepa(iban):
        faults["iban"] = "Wij kunnen alleen betalen op een rekening in het Europese betaalgebied (SEPA)."
    if not to_bank_text(holder):
        faults["houder"] = "Vul de naam van de rekeninghouder in."
    return (None, faults) if faults else (BankAccount(iban, holder), {})
