"""The bounds of the tasks that no case makes: the amounts and days on which a signal begins and ends to hold."""

from datetime import date, timedelta

import pytest

from programme.care import signals
from programme.care.signals import Reach
from programme.facts.records import Client
from programme.rules.recipient_day import day_of
from tests import factories as make

D = date(2026, 3, 2)
PROGRAMME = make.shipped_programme()
LARGE = 200_000  # cents, of [signals.exit_call] and [signals.build_check]


@pytest.mark.parametrize(
    ("value_cents", "rejected_on", "ordered_on", "holds"),
    [
        (LARGE - 1, D, None, False),
        (LARGE, D, None, True),
        (None, D, None, False),
        (LARGE, D - timedelta(days=30), None, True),
        (LARGE, D - timedelta(days=31), None, False),
        (LARGE, D + timedelta(days=1), None, False),
        (LARGE, D - timedelta(days=9), D - timedelta(days=10), True),
        (LARGE, D - timedelta(days=9), D - timedelta(days=9), False),
    ],
)
def test_a_large_quote_is_asked_about_for_thirty_days(
    value_cents: int | None, rejected_on: date, ordered_on: date | None, holds: bool
) -> None:
    """From EUR 2,000, that amount counted, with nothing ordered on or after the day of the rejection."""
    orders = (make.project(ordered_on=ordered_on, delivered_on=None),) if ordered_on else ()
    quotes = (make.quote(value_cents=value_cents, decided_on=rejected_on),)
    client = make.client(quotes=quotes, projects=orders)
    assert bool(signals.rejected_quotes(PROGRAMME, client, D)) is holds


@pytest.mark.parametrize(
    ("value_cents", "channel", "as_of", "holds"),
    [
        (LARGE, "email", date(2026, 3, 1), False),
        (LARGE + 1, "email", date(2026, 3, 1), True),
        (LARGE + 1, "email", date(2026, 2, 28), False),
        (1, "phone", date(2026, 3, 1), True),
        (1, "post", date(2026, 3, 1), False),
    ],
)
def test_the_build_check_is_a_call_above_an_amount(value_cents: int, channel: str, as_of: date, holds: bool) -> None:
    """Above EUR 2,000, or of who would rather be called, from the day on which the mail would go."""
    client = make.client(projects=(make.project(value_cents=value_cents),), channel=channel)
    assert bool(signals.build_checks(day_of(PROGRAMME, make.recipient(client), as_of), client)) is holds


@pytest.mark.parametrize(
    ("due_on", "paid_on", "holds"),
    [
        (D - timedelta(days=6), None, False),
        (D - timedelta(days=7), None, True),
        (D - timedelta(days=37), None, True),
        (D - timedelta(days=38), None, False),
        (D - timedelta(days=7), D, False),
        (D - timedelta(days=7), D + timedelta(days=1), True),
    ],
)
def test_a_loyal_client_is_called_about_an_invoice(due_on: date, paid_on: date | None, holds: bool) -> None:
    """From a week over its date and thirty days on, until the day on which it was paid."""
    spent = make.project(value_cents=100_000_000)
    client = make.client(projects=(spent,), invoices=(make.invoice(due_on=due_on, paid_on=paid_on),))
    assert bool(signals.overdue_invoices(PROGRAMME, client, D)) is holds
    newcomer = make.client(invoices=client.invoices)
    assert signals.overdue_invoices(PROGRAMME, newcomer, D) == []


@pytest.mark.parametrize(
    ("said", "phones", "may"),
    [
        ((None,), {"C1"}, False),
        ((False,), {"C1"}, False),
        ((True,), {"C1"}, True),
        ((True,), set(), False),
        ((None, True), {"C1"}, True),
        ((True, False), {"C1"}, False),
    ],
)
def test_a_call_for_marketing_needs_a_yes(said: tuple[bool | None, ...], phones: set[str], may: bool) -> None:
    """One record of the recipient said yes and none said no; silence is no yes."""
    clients: list[Client] = [make.client(f"C{place}", phone_consent=one) for place, one in enumerate(said, start=1)]
    reach = Reach(day_of(PROGRAMME, make.recipient(*clients), D), frozenset(phones))
    assert signals.may_call(reach, clients[0]) is may
