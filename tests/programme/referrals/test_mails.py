"""Which rules the mails about money keep, and what an approver reads of a batch (referrals.md 5)."""

import pytest

from programme.referrals.mails import IBAN_LINK, MAILS, batch_values
from programme.terms.kinds import MailKind
from programme.words.states import Purpose, Reason, SuppressionReason


@pytest.mark.parametrize("kind", MAILS, ids=lambda kind: kind.id)
def test_the_mails_about_money_keep_rules_1_and_2_and_count_for_rule_10(kind: MailKind) -> None:
    """Service, and outside the rest of the table; what the client asked for himself stops at a dead address alone."""
    assert (kind.purpose, kind.rules) == (Purpose.SERVICE, {Reason.NO_ADDRESS, Reason.SUPPRESSED})
    assert (kind.is_one_a_day, kind.is_of_cap) == (False, True)
    dead = {SuppressionReason.BOUNCE, SuppressionReason.INVALID}
    assert kind.stopped_by == (dead if kind is IBAN_LINK else None)


@pytest.mark.parametrize(
    ("payments", "left_open", "paid", "left"),
    [
        (1, 0, "1 betaling", "Er bleef niets buiten de ronde."),
        (2, 1, "2 betalingen", "Buiten de ronde bleef 1 bedrag."),
        (12, 3, "12 betalingen", "Buiten de ronde bleven 3 bedragen."),
    ],
)
def test_an_approver_reads_what_a_batch_pays_and_leaves(payments: int, left_open: int, paid: str, left: str) -> None:
    """Its amount, its payments, what stayed out, and who prepared it."""
    values = batch_values("S20260701-1", "Anke Wiersma", 25_000, payments, left_open)
    assert (values["payments"], values["left_open"]) == (paid, left)
    assert (values["batch_id"], values["prepared_by"]) == ("S20260701-1", "Anke Wiersma")
    assert str(values["amount"]).replace("\u00a0", " ") == "€ 250"
