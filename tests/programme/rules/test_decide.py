"""Each rule of the decision table: when it applies, when it does not, and which comes first."""

import sys
from datetime import date, timedelta
from typing import Any

import pytest

from programme.facts.records import Recipient
from programme.insight.simulated_runs import Horizon
from programme.rules.decide import Decision, allows_marketing, decide_recipient, recheck_reason
from programme.rules.experiments import bucket_of
from programme.rules.simulation import Simulation
from programme.terms.kinds import UnknownKind
from programme.terms.schema import Programme
from programme.words.states import Flow, MessageStatus, Outcome, Purpose, Reason
from tests import factories as make

DELIVERED = date(2025, 3, 2)
ANNIVERSARY = date(2026, 3, 2)
OLD = {"ordered_on": date(2025, 2, 1), "delivered_on": DELIVERED}


def decide(person: Recipient, as_of: date = ANNIVERSARY, flow: Flow = Flow.DAILY, **changes: object) -> list[Decision]:
    programme = make.programme(**changes) if changes else make.shipped_programme()
    return decide_recipient(programme, flow, person, as_of)


def outcomes(decisions: list[Decision]) -> list[tuple[str, str | None]]:
    return [(one.touchpoint, one.reason.value if one.reason else None) for one in decisions]


def a_year_later(**changes: object) -> Recipient:
    """A client whose uitbouw of EUR 3,000 was delivered a year before ANNIVERSARY: due are anniversary and season."""
    person = make.client(projects=(make.project(type="uitbouw", value_cents=300_000, **OLD),), id_crc32=0)
    return make.recipient(person, **changes)  # type: ignore[arg-type]


def with_client(**changes: object) -> Recipient:
    person = make.client(
        **({"projects": (make.project(type="uitbouw", value_cents=300_000, **OLD),), "id_crc32": 0} | changes)  # type: ignore[arg-type]
    )
    return make.recipient(person)


def test_the_higher_priority_is_sent_and_outranks_the_other() -> None:
    """One mail a day a recipient: the anniversary goes, the season's mail waits."""
    assert outcomes(decide(a_year_later())) == [("anniversary", None), ("seasonal", "outranked")]


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (with_client(recipient=""), Reason.NO_ADDRESS),
        (with_client(is_erased=True), Reason.NO_ADDRESS),
        (a_year_later(suppressed_since=ANNIVERSARY), Reason.SUPPRESSED),
        (with_client(consent="no"), Reason.NO_CONSENT),
        (a_year_later(messages=(make.message("anniversary", ANNIVERSARY - timedelta(days=29)),)), Reason.REPEATED),
        (with_client(feedback=(make.feedback(kind="csat", score=6),)), Reason.OPEN_CASE),
        (with_client(feedback=(make.feedback(kind="nps", score=0, negative=False),)), Reason.OPEN_CASE),
        (with_client(feedback=(make.feedback(kind="other", negative=True),)), Reason.OPEN_CASE),
        (with_client(feedback=(make.feedback(kind="csat", score=6, given_on=ANNIVERSARY),)), Reason.OPEN_CASE),
        (a_year_later(messages=(make.message("build_check", ANNIVERSARY),)), Reason.OUTRANKED),
        (a_year_later(messages=(make.message("build_check", ANNIVERSARY - timedelta(days=6)),)), Reason.FREQUENCY_CAP),
        (
            a_year_later(messages=(make.message("case", ANNIVERSARY - timedelta(days=1), flow="care"),)),
            Reason.FREQUENCY_CAP,
        ),
    ],
)
def test_each_reason(person: Recipient, reason: Reason) -> None:
    """The first rule that applies gives the anniversary its reason."""
    first = next(one for one in decide(person) if one.touchpoint == "anniversary")

    assert first.reason == reason


@pytest.mark.parametrize(
    "person",
    [
        a_year_later(suppressed_since=ANNIVERSARY + timedelta(days=1)),
        with_client(consent="unknown"),
        a_year_later(messages=(make.message("anniversary", ANNIVERSARY - timedelta(days=30)),)),
        a_year_later(messages=(make.message("anniversary", ANNIVERSARY - timedelta(days=5), status="held_out"),)),
        a_year_later(messages=(make.message("build_check", ANNIVERSARY + timedelta(days=1)),)),
        a_year_later(messages=(make.message("case", ANNIVERSARY, flow="care"),)),
        a_year_later(messages=(make.message("build_check", ANNIVERSARY - timedelta(days=7)),)),
        with_client(feedback=(make.feedback(kind="csat", score=7),)),
        with_client(feedback=(make.feedback(kind="ces", score=1),)),
        with_client(feedback=(make.feedback(kind="nps", score=3, resolved_on=ANNIVERSARY),)),
        with_client(feedback=(make.feedback(kind="nps", score=3, given_on=ANNIVERSARY + timedelta(days=1)),)),
        with_client(invoices=(make.invoice(),)),
    ],
)
def test_what_stops_nothing(person: Recipient) -> None:
    """Facts of later days, resolved cases, old messages and a brons client's invoice let the anniversary go."""
    assert ("anniversary", None) in outcomes(decide(person))


def test_a_message_closes_its_key_whatever_its_date_and_status() -> None:
    """Nobody is asked twice about one occasion, not even when the first was cancelled or lies in the future."""
    for status in MessageStatus:
        closed = make.message("anniversary", date(2030, 1, 1), occasion="P1", status=status.value)

        assert "anniversary" not in [one.touchpoint for one in decide(a_year_later(messages=(closed,)))]


def test_loyal_clients_who_owe_get_no_marketing() -> None:
    """From zilver on an invoice past its due day holds marketing back; a service mail still goes."""
    projects = (
        make.project("P1", type="uitbouw", value_cents=300_000, **OLD),
        make.project("P2", type="draagmuur", delivered_on=ANNIVERSARY - timedelta(days=3)),
    )
    person = make.recipient(make.client(projects=projects, invoices=(make.invoice(),)))

    found = {one.touchpoint: (one.outcome, one.reason) for one in decide(person)}

    assert found["feedback_request"] == (Outcome.SEND, None)
    assert found["anniversary"] == (Outcome.DEFER, Reason.OVERDUE_INVOICE)


def test_an_invoice_due_today_is_not_overdue() -> None:
    """Overdue is after the due day."""
    projects = tuple(make.project(f"P{n}", type="uitbouw", value_cents=300_000, **OLD) for n in (1, 2))
    person = make.recipient(make.client(projects=projects, invoices=(make.invoice(due_on=ANNIVERSARY),)))

    assert ("anniversary", None) in outcomes(decide(person))


def test_a_running_project_pauses_what_says_so() -> None:
    """The anniversary waits while any record of the recipient has a project running."""

    def beside(**dates: Any) -> list[Decision]:
        running = make.client("C2", projects=(make.project("P2", "C2", **dates),))
        return decide(Recipient("jan@voorbeeld.nl", (a_year_later().clients[0], running)))

    waits = next(one for one in beside(ordered_on=ANNIVERSARY, delivered_on=None) if one.touchpoint == "anniversary")
    assert (waits.outcome, waits.reason) == (Outcome.DEFER, Reason.RUNNING_PROJECT)
    for until in ({"delivered_on": ANNIVERSARY}, {"cancelled_on": ANNIVERSARY, "delivered_on": None}):
        assert ("anniversary", "running_project") not in outcomes(beside(ordered_on=date(2026, 2, 1), **until))


def test_small_to_large_takes_the_place_of_the_same_projects_anniversary() -> None:
    """Superseding closes the key; an anniversary of another project is not touched."""
    projects = (
        make.project("P1", type="overig", value_cents=90_000, **OLD),
        make.project(
            "P2", type="overig", value_cents=150_000, ordered_on=date(2025, 2, 1), delivered_on=date(2025, 3, 1)
        ),
    )
    decisions = decide(make.recipient(make.client(projects=projects, id_crc32=0)))

    found = {(one.touchpoint, one.occasion): (one.outcome, one.reason, one.status) for one in decisions}
    assert found["small_to_large", "P1"] == (Outcome.SEND, None, MessageStatus.PLANNED)
    assert found["anniversary", "P1"] == (Outcome.SKIP, Reason.SUPERSEDED, MessageStatus.SUPERSEDED)
    assert found["anniversary", "P2"] == (Outcome.DEFER, Reason.OUTRANKED, None)


def test_what_is_switched_off_goes_to_nobody_and_takes_no_place() -> None:
    """Without the active one above it, the anniversary of the small project goes again; no day ahead has it either."""
    project = make.project("P1", type="overig", value_cents=90_000, **OLD)
    person = make.recipient(make.client(projects=(project,), id_crc32=0))
    off = {"touchpoints.small_to_large.active": False}

    assert "small_to_large" not in [touchpoint for touchpoint, _ in outcomes(decide(person, **off))]
    assert ("anniversary", None) in outcomes(decide(person, **off))
    ahead = Horizon(make.programme(**off), ANNIVERSARY, ANNIVERSARY).decisions_of(person)
    assert outcomes(list(ahead)) == outcomes(decide(person, **off))


def test_superseding_outlives_the_message_that_was_sent() -> None:
    """The seasonal mail stays superseded although the cross-sell's key is closed by now."""
    project = make.project("P1", type="dakkapel", ordered_on=date(2025, 6, 1), delivered_on=date(2025, 7, 1))
    sent = make.message("dakkapel_to_uitbouw", date(2026, 3, 1), occasion="P1")
    person = make.recipient(make.client(projects=(project,), id_crc32=0), messages=(sent,))

    assert outcomes(decide(person)) == [("seasonal", "superseded")]


def test_two_records_of_one_address_are_one_person() -> None:
    """The second record's anniversary goes with the first's: delivered together, they get one mail."""
    clients = tuple(
        make.client(
            f"C{n}", id_crc32=0, projects=(make.project(f"P{n}", f"C{n}", type="uitbouw", value_cents=300_000, **OLD),)
        )
        for n in (1, 2)
    )
    decisions = decide(Recipient("jan@voorbeeld.nl", clients))

    assert [(one.client_id, one.touchpoint, one.reason) for one in decisions[:2]] == [
        ("C1", "anniversary", None),
        ("C2", "anniversary", Reason.SUPERSEDED),
    ]
    assert decisions[1].also == (Reason.REPEATED, Reason.OUTRANKED)


def test_a_holdout_closes_the_key_and_lets_the_next_go() -> None:
    """Who is held out of the anniversary gets the season's mail that day: a holdout is no mail."""
    experiment = {"touchpoint": "anniversary", "first_on": ANNIVERSARY, "last_on": ANNIVERSARY, "holdout_share": 0.9999}

    found = outcomes(decide(a_year_later(), experiments={"proef": experiment}))

    assert found == [("anniversary", "held_out"), ("seasonal", None)]


def test_the_share_of_a_holdout_is_of_ten_thousand() -> None:
    """Held out are the numbers below it, so that a share of nothing would hold out nobody."""
    experiment = {"touchpoint": "anniversary", "first_on": ANNIVERSARY, "last_on": ANNIVERSARY}
    for more, reason in ((0, None), (1, "held_out")):
        share = (bucket_of("proef", "C1") + more) / 10_000
        decided = decide(a_year_later(), experiments={"proef": experiment | {"holdout_share": share}})
        assert ("anniversary", reason) in outcomes(decided)


def test_an_experiment_that_is_over_holds_nobody_out() -> None:
    """First and last day are included, the day after is not."""

    def decided(first_on: date, last_on: date) -> str | None:
        days = {"first_on": first_on, "last_on": last_on}
        terms = {"touchpoint": "anniversary", **days, "holdout_share": 0.9999}
        return dict(outcomes(decide(a_year_later(), experiments={"proef": terms})))["anniversary"]

    day = timedelta(days=1)
    assert decided(ANNIVERSARY - 9 * day, ANNIVERSARY) == decided(ANNIVERSARY, ANNIVERSARY + 9 * day) == "held_out"
    assert decided(ANNIVERSARY - 9 * day, ANNIVERSARY - day) is None
    assert decided(ANNIVERSARY + day, ANNIVERSARY + 9 * day) is None


@pytest.mark.parametrize(
    ("consents", "has_delivery", "allowed"),
    [
        (("yes",), False, True),
        (("unknown",), True, True),
        (("unknown",), False, False),
        (("yes", "no"), True, False),
        (("unknown", "yes"), False, True),
        (("no",), True, False),
    ],
)
def test_consent_of_a_recipient(consents: tuple[str, ...], has_delivery: bool, allowed: bool) -> None:
    """One no outweighs every yes; unknown is enough for an existing customer only."""
    projects = (make.project(),) if has_delivery else ()
    person = make.recipient(
        *(make.client(f"C{n}", consent=consent, projects=projects) for n, consent in enumerate(consents))
    )

    assert allows_marketing(make.shipped_programme(), person, ANNIVERSARY) is allowed


def test_without_the_firms_statement_unknown_counts_as_no() -> None:
    """soft_opt_in = false takes the existing customer's exception away."""
    person = make.recipient(make.client(consent="unknown", projects=(make.project(),)))

    assert not allows_marketing(make.programme(**{"consent.soft_opt_in": False}), person, ANNIVERSARY)


def test_win_back_waits_for_a_running_project_and_goes_once_a_record() -> None:
    """Both records of a quiet recipient are candidates, one gets the mail, the other is a repeat."""
    quiet = date(2025, 8, 20)
    clients = tuple(
        make.client(f"C{n}", last_activity_on=quiet, projects=(make.project(f"P{n}", f"C{n}", **OLD),)) for n in (1, 2)
    )
    person = Recipient("jan@voorbeeld.nl", clients)

    decisions = decide(person, flow=Flow.WIN_BACK)

    assert [(one.client_id, one.occasion, one.reason) for one in decisions] == [
        ("C1", "2025-08-20", None),
        ("C2", "2025-08-20", Reason.REPEATED),
    ]


def test_the_daily_run_counts_for_win_back() -> None:
    """What daily decided the same day outranks win-back, also when it was only simulated."""
    person = a_year_later().clients[0]
    quiet = make.recipient(make.client(projects=person.projects, last_activity_on=date(2025, 9, 1), id_crc32=0))
    simulation = Simulation()
    for decision in decide(quiet):
        simulation.record(decision)

    assert outcomes(decide(simulation.seen_by(quiet), flow=Flow.WIN_BACK)) == [("win_back", "outranked")]


@pytest.mark.parametrize(
    ("person", "purpose", "reason"),
    [
        (a_year_later(), Purpose.MARKETING, None),
        (with_client(consent="no"), Purpose.MARKETING, Reason.NO_CONSENT),
        (with_client(consent="no"), Purpose.SERVICE, None),
        (a_year_later(suppressed_since=DELIVERED), Purpose.SERVICE, Reason.SUPPRESSED),
        (with_client(feedback=(make.feedback(kind="nps", score=2),)), Purpose.SERVICE, Reason.OPEN_CASE),
        (with_client(recipient=""), Purpose.SERVICE, Reason.NO_ADDRESS),
    ],
)
def test_the_claim_asks_again(person: Recipient, purpose: Purpose, reason: Reason | None) -> None:
    """At the claim rules 1 to 3 and 6 are asked with the facts of that moment."""
    programme = make.shipped_programme()
    kind = programme.kinds.in_log("anniversary", purpose)

    found = recheck_reason(programme, kind, person, person.clients[0], ANNIVERSARY)

    assert found == reason


def test_a_kind_that_is_gone_asks_every_rule() -> None:
    """What the programme no longer names is exempt from nothing: an open complaint holds it."""
    programme = make.shipped_programme()
    person = with_client(feedback=(make.feedback(kind="nps", score=2),))

    kind = programme.kinds.in_log("gone", Purpose.SERVICE)

    assert recheck_reason(programme, kind, person, person.clients[0], ANNIVERSARY) == Reason.OPEN_CASE
    with pytest.raises(UnknownKind):
        programme.kinds["gone"]


def test_a_programme_is_data() -> None:
    """Another cap in the file is another decision, with no code changed."""
    person = a_year_later(messages=(make.message("build_check", ANNIVERSARY - timedelta(days=3)),))
    changed: Programme = make.programme(**{"caps.marketing_gap_days": 3})

    assert decide_recipient(changed, Flow.DAILY, person, ANNIVERSARY)[0].outcome == Outcome.SEND


def test_one_address_at_thousands_of_records_costs_no_square() -> None:
    """Twice the records of one address are twice the work, counted in calls: no rule asks all records for each."""

    def calls(count: int) -> int:
        records = [
            make.client(f"K{n}", recipient="geen@voorbeeld.nl", projects=(make.project(f"P{n}", f"K{n}"),))
            for n in range(count)
        ]
        counted = 0

        def count_call(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event == "call"

        sys.setprofile(count_call)
        try:
            decide_recipient(make.shipped_programme(), Flow.DAILY, make.recipient(*records), date(2025, 11, 5))
        finally:
            sys.setprofile(None)
        return counted

    calls(1)
    assert calls(400) < 2.5 * calls(200)
