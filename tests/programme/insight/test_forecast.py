"""What is coming to one recipient, on facts frozen on the day of looking."""

from datetime import date, timedelta

from programme.facts.known import known_at
from programme.facts.records import Delivery, Recipient, Spell, WonReferral
from programme.insight.forecast import Forecast, Prospect, forecast
from tests import factories as make

D = date(2026, 1, 1)


def seen(recipient: Recipient, as_of: date = D, days: int = 90) -> Forecast:
    return forecast(make.shipped_programme(), recipient, as_of, days)


def sends(found: Forecast) -> dict[str, date]:
    """Send day by touchpoint."""
    return {each.touchpoint: each.send_on for each in found.prospects if each.send_on}


def prospect(found: Forecast, touchpoint: str) -> Prospect:
    return next(each for each in found.prospects if each.touchpoint == touchpoint)


def test_the_mails_of_a_delivery() -> None:
    """A project delivered on the day brings its mails on their days, in order."""
    client = make.client(projects=(make.project(ordered_on=date(2025, 12, 1), delivered_on=D),))
    assert sends(seen(make.recipient(client))) == {
        "feedback_request": date(2026, 1, 4),
        "check_in": date(2026, 1, 15),
        "review_reminder": date(2026, 1, 31),
        "permit_check": date(2026, 2, 26),
        # 3 March by the client's share of the spread, and within a week of the permit's mail
        "seasonal": max(date(2026, 3, 1) + timedelta(days=client.id_crc32 % 5), date(2026, 3, 5)),
    }


def test_the_first_day_is_the_day_itself_and_the_last_is_counted() -> None:
    """A mail due on the day of looking is in it; one due `days` later too, one a day after that not."""
    client = make.client(projects=(make.project(ordered_on=date(2025, 12, 1), delivered_on=date(2025, 12, 29)),))
    recipient = make.recipient(client)
    assert sends(seen(recipient, D, 0)) == {"feedback_request": D}
    assert "check_in" not in sends(seen(recipient, D, 10))
    assert "check_in" in sends(seen(recipient, D, 11))


def test_what_waits_says_since_when_and_why() -> None:
    """Days in a row with one answer are one spell, the last of them the send."""
    client = make.client(
        projects=(make.project(ordered_on=date(2025, 12, 1), delivered_on=date(2025, 12, 22)),),
        feedback=(
            make.feedback(kind="csat", score=2, given_on=date(2025, 12, 24)),
            make.feedback("F2", kind="review", given_on=date(2025, 12, 24)),
        ),
    )
    found = seen(make.recipient(client))
    waiting = prospect(found, "check_in")
    assert waiting.send_on is None
    assert [tuple(spell) for spell in waiting.spells] == [("defer", "open_case", date(2026, 1, 5), date(2026, 1, 12))]
    assert sends(found) == {}


def test_daily_goes_before_win_back() -> None:
    """What daily would send on a day outranks the win-back of that day."""
    client = make.client(
        projects=(make.project(ordered_on=date(2025, 6, 1), delivered_on=date(2025, 7, 5)),),
        last_activity_on=date(2025, 7, 5),
    )
    first, _ = prospect(seen(make.recipient(client)), "win_back").spells[0], None
    assert first.first_on == date(2026, 1, 5)


def test_messages_already_made_do_not_come_again() -> None:
    """A closed key has no prospect, and nothing is said about its conditions."""
    client = make.client(projects=(make.project(ordered_on=date(2025, 12, 1), delivered_on=D),))
    sent = make.message("feedback_request", date(2026, 1, 4), occasion="P1")
    found = seen(make.recipient(client, messages=(sent,)))
    assert "feedback_request" not in {each.touchpoint for each in (*found.prospects, *found.not_due)}


def test_why_something_expected_does_not_come() -> None:
    """An occasion whose window opens but whose condition fails names that condition."""
    client = make.client(
        projects=(
            make.project("P1", ordered_on=date(2025, 12, 1), delivered_on=D),
            make.project("P2", type="uitbouw", ordered_on=date(2025, 9, 1), delivered_on=date(2025, 10, 10)),
            make.project("P3", type="draagmuur", ordered_on=date(2025, 9, 2), delivered_on=date(2025, 10, 11)),
        ),
        feedback=(make.feedback(given_on=D),),
    )
    found = {(each.touchpoint, each.occasion): each.condition for each in seen(make.recipient(client)).not_due}
    assert found["feedback_request", "P1"] == "no_feedback"
    assert found["review_reminder", "P1"] == "no_feedback"
    assert found["uitbouw_to_draagmuur", "P2"] == "target"
    assert ("check_in", "P1") not in found


def test_nobody_expects_the_mail_of_a_tier_that_has_none() -> None:
    """Reaching brons is not told as an upgrade that does not come."""
    client = make.client(projects=(make.project(ordered_on=date(2025, 12, 1), delivered_on=D),))
    assert "tier_upgrade" not in {each.touchpoint for each in seen(make.recipient(client)).not_due}


def test_later_facts_are_out_of_sight() -> None:
    """What the database knows of days after the day of looking changes nothing."""
    project = make.project(ordered_on=date(2025, 12, 1), delivered_on=date(2026, 1, 20), cancelled_on=date(2026, 3, 1))
    later = make.client(projects=(project, make.project("P9", ordered_on=date(2026, 2, 1), delivered_on=None)))
    running = make.client(projects=(make.project(ordered_on=date(2025, 12, 1), delivered_on=None),))
    assert seen(make.recipient(later)) == seen(make.recipient(running))


def test_known_at_forgets_what_came_later() -> None:
    """Facts of later days are gone, dates that lie later are unknown, and what was known stays."""
    client = make.client(
        projects=(make.project(delivered_on=date(2026, 2, 1)), make.project("P2", ordered_on=date(2026, 1, 2))),
        feedback=(
            make.feedback(given_on=D, resolved_on=date(2026, 1, 2)),
            make.feedback("F2", given_on=date(2026, 1, 2)),
        ),
        quotes=(
            make.quote(sent_on=D, decided_on=date(2026, 1, 2)),
            make.quote("Q2", sent_on=date(2026, 1, 2)),
            make.quote("Q3", sent_on=D, decided_on=D),
        ),
        invoices=(
            make.invoice(issued_on=D, paid_on=date(2026, 1, 2)),
            make.invoice("V2", issued_on=date(2026, 1, 2)),
        ),
        won_referrals=(
            WonReferral("R1", "C1", (Delivery(D, date(2026, 1, 2)), Delivery(date(2026, 1, 2), None))),
            WonReferral("R2", "C1", (), (Spell(until_on=D), Spell(D, date(2026, 1, 2)), Spell(date(2026, 1, 3)))),
            WonReferral("R3", "C1", (), (Spell(date(2026, 1, 2)),)),
        ),
    )
    message = make.message("seasonal", date(2026, 2, 1))
    known = known_at(
        make.recipient(
            client,
            messages=(message,),
            suppressed_since=date(2026, 1, 2),
            feedback_of_others=(make.feedback("F9", given_on=date(2026, 1, 2)),),
        ),
        D,
    )
    (told,) = known.clients
    assert [(each.project_id, each.delivered_on) for each in told.projects] == [("P1", None)]
    assert [(each.feedback_id, each.resolved_on) for each in told.feedback] == [("F1", None)]
    assert [(each.quote_id, each.decided_on, each.decision) for each in told.quotes] == [
        ("Q1", None, None),
        ("Q3", D, "rejected"),
    ]
    assert [(each.invoice_id, each.paid_on) for each in told.invoices] == [("V1", None)]
    assert told.won_referrals == (
        WonReferral("R1", "C1", (Delivery(D, None),)),
        WonReferral("R2", "C1", (), (Spell(until_on=D), Spell(D))),
    )
    assert known.suppressed_since is None
    assert known.feedback_of_others == ()
    assert known.messages == (message,)
    assert known_at(known, D) == known
