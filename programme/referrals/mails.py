"""The mails about rewards and the account that they are paid to: service, and never with a friend's name."""

from collections.abc import Mapping

from programme.terms.kinds import Choice, MailKind
from programme.words.states import Purpose, Reason, SuppressionReason
from programme.words.wording import euros

ASKED = frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED})
GRACE_DAYS = 7  # of news about money, when the provider cannot be reached

REWARD_EARNED = MailKind(
    "reward_earned",
    "Beloning verdiend",
    Purpose.SERVICE,
    "rewards",
    rules=ASKED,
    is_one_a_day=False,
    grace_days=GRACE_DAYS,
    occasion_label="aanbeveling",
    fields=frozenset({"amount", "extra", "total", "place", "free_on", "iban", "debt", "minimum"}),
    # has_debt: something is set off first. is_small: all that he has still to get is below the minimum.
    choices={
        "has_extra": False, "has_account": False, "is_under_review": False, "is_free": False, "has_debt": False,
        "is_small": False,
    },
    sample={
        "amount": "€ 100", "extra": "€ 50", "total": "€ 150", "place": "derde", "free_on": "17 maart 2026",
        "iban": "", "has_extra": True, "debt": "€ 75", "minimum": "€ 250",
    },
)  # fmt: skip
REWARD_PAID = MailKind(
    "reward_paid",
    "Beloning betaald",
    Purpose.SERVICE,
    "referral-settlement",
    rules=ASKED,
    is_one_a_day=False,
    grace_days=GRACE_DAYS,
    occasion_label="betaling",
    fields=frozenset({"amount", "iban", "paid_on", "payment_id", "remittance"}),
    choices={"is_commission": False, "has_vat": False, "has_many": False},  # of a commission: its invoices
    sample={
        "amount": "€ 250", "iban": "NL•• ABNA •••• •• 4300", "paid_on": "2 juni 2026",
        "payment_id": "S20260601-1-0001", "remittance": "Bouwclub beloning S20260601-1-0001",
    },
)  # fmt: skip
IBAN_REQUEST = MailKind(
    "iban_request",
    "Rekeningnummer gevraagd",
    Purpose.SERVICE,
    "referral-settlement",
    rules=ASKED,
    is_one_a_day=False,
    grace_days=GRACE_DAYS,
    occasion_label="verzoek",
    fields=frozenset({"amount"}),
    choices={"missing": "", "is_last": False},  # missing: "", or what the account lacks: invalid, returned, holder
    sample={"amount": "€ 100"},
)
IBAN_LINK = MailKind(
    "iban_link",
    "Link om het rekeningnummer te geven",
    Purpose.SERVICE,
    "own-page",
    rules=ASKED,
    stopped_by=frozenset(
        {SuppressionReason.BOUNCE, SuppressionReason.INVALID}
    ),  # who unsubscribed asked for it himself
    is_one_a_day=False,
    occasion_label="aanvraag",
    fields=frozenset({"link_url", "until_on", "until_time"}),
    sample={
        "link_url": "https://mail.example/mijn/rekening/voorbeeld",
        "until_on": "2 juni 2026",
        "until_time": "14.30",
    },
)
IBAN_CHANGED = MailKind(
    "iban_changed",
    "Rekeningnummer gewijzigd",
    Purpose.SERVICE,
    "own-page",
    rules=ASKED,
    is_one_a_day=False,
    grace_days=GRACE_DAYS,
    occasion_label="wijziging",
    fields=frozenset({"iban", "holder", "changed_on", "changed_time"}),
    sample={
        "iban": "NL•• ABNA •••• •• 4300", "holder": "J. Voorbeeld", "changed_on": "2 juni 2026",
        "changed_time": "14.05",
    },
)  # fmt: skip
# To people of the firm, outside the message log: no rule of clients is asked, so it is not among MAILS.
BATCH_PREPARED = MailKind(
    "batch_prepared",
    "Betaalronde wacht op goedkeuring",
    Purpose.SERVICE,
    "referral-settlement",
    fields=frozenset({"batch_id", "amount", "payments", "left_open", "prepared_by", "link_url"}),
    choices={"has_desk": True},  # without a desk the mail names the commands
)
MAILS = (REWARD_EARNED, REWARD_PAID, IBAN_REQUEST, IBAN_LINK, IBAN_CHANGED)


def batch_values(
    batch_id: str, prepared_by: str, total_cents: int, payments: int, left_open: int
) -> Mapping[str, Choice]:
    """The values of BATCH_PREPARED, but for the way to the batch: what a person approves, in words."""
    if left_open:
        left = f"Buiten de ronde {'bleef 1 bedrag' if left_open == 1 else f'bleven {left_open} bedragen'}."
    else:
        left = "Er bleef niets buiten de ronde."
    return {
        "batch_id": batch_id,
        "amount": euros(total_cents),
        "payments": "1 betaling" if payments == 1 else f"{payments} betalingen",
        "left_open": left,
        "prepared_by": prepared_by,
    }
