"""A day that judges and composes one of many who are alike decides and stores what judging each alone would."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, union_all

from models.consent import Chosen, Proof, choose
from models.database.engine import writing
from models.tables import (
    clients,
    earlier_recipients,
    feedback,
    invoices,
    messages,
    projects,
    quotes,
    referrals,
    suppressions,
)
from programme.facts.records import Client, Recipient
from programme.mail.project_words import MailSorts
from programme.rules.alike.day_sorts import DaySorts
from programme.rules.alike.likeness import Likeness
from programme.rules.alike.project_likeness import ProjectLikeness
from programme.rules.decide import Decision
from programme.words.states import Flow, Outcome, Reason
from tasks.clients.facts import plain
from tasks.mail import preparing
from tasks.mail.logged import PreparedMail
from tasks.mail.preparing import prepare
from tasks.mail.render import Renderer, prepare_kind, with_code
from tasks.runs.deciding import composing, planning
from tasks.runs.deciding.chunks import PlanChunk
from tasks.runs.deciding.composing import compose
from tasks.runs.deciding.planning import decisions_of, plan_day
from tests import factories as make
from tests.conftest import ON_SQLITE, once_on_postgres
from tests.tasks.histories import History

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)  # the second day of a season
AGO = DAY - timedelta(days=240)
KEY = b"key"
# A season's mail that also waits for clients without a delivery, so that every fact can make a difference.
CHANGES = {
    "experiments": {"lente": {"touchpoint": "seasonal", "first_on": DAY, "last_on": DAY, "holdout_share": 0.3}},
    "touchpoints.seasonal.conditions": [],
    "seasons.spread_days": 1,
}
PROGRAMME = make.programme(**CHANGES)


def _planned(engine: Engine) -> list[PlanChunk]:
    return list(plan_day(engine, PROGRAMME, Flow.DAILY, DAY))


def _decided(engine: Engine) -> list[Decision]:
    return decisions_of(_planned(engine))


@pytest.fixture
def each_alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, everybody is read with all facts and judged alone."""
    return lambda: monkeypatch.setattr(plain, "asks_activity", lambda *_: True)


# Clients as their neighbour but for one fact: what may not be taken for the same.
_PLAIN: dict[str, Any] = {"kind": "consument", "consent": "yes", "projects": [{}]}
_ORDERED = {"delivered_on": None, "ordered_on": DAY + timedelta(days=1)}
_RICH = {"value_cents": 1_200_000}
_DAKKAPEL = {"type": "dakkapel", "delivered_on": DAY - timedelta(days=185)}
_OF_A_YEAR = {
    "value_cents": 150_000,
    "delivered_on": DAY - timedelta(days=366),
    "ordered_on": DAY - timedelta(days=400),
}
_HAD_SEASON = {"mailed": ("seasonal", DAY - timedelta(days=40), "2026-03")}
_RATED = {"projects": [{"delivered_on": DAY - timedelta(days=4), "ordered_on": DAY - timedelta(days=40)}]} | _HAD_SEASON
_TWINS: tuple[dict[str, Any], ...] = (
    _PLAIN,
    _PLAIN | {"recipient": ""},
    _PLAIN | {"kind": "aannemer"},
    _PLAIN | {"consent": "no"},
    _PLAIN | {"consent": "unknown"},
    _PLAIN | {"consent": "unknown", "projects": [_ORDERED]},
    _PLAIN | {"consent": "unknown", "projects": [{"cancelled_on": DAY}, {"cancelled_on": DAY}]},
    _PLAIN | {"projects": [_ORDERED]},
    _PLAIN | {"projects": []},
    _PLAIN | {"projects": [{"delivered_on": None}]},
    _PLAIN | {"projects": [{"built_year": DAY.year - 2}]},
    _PLAIN | {"projects": [_RICH]},
    _PLAIN | {"projects": [{}, {}]},
    _PLAIN | {"projects": [{}, {"delivered_on": None}]},
    _PLAIN | {"projects": [{}, {"address": "Dam 2"}]},
    _PLAIN | {"projects": [{}, _RICH]},
    # The mail after a dakkapel takes precedence, though it went; and a mail about a project, of who had the season's.
    _PLAIN | {"projects": [_DAKKAPEL]},
    _PLAIN | {"projects": [_DAKKAPEL], "mailed": ("dakkapel_to_uitbouw", DAY - timedelta(days=40), "T17-0")},
    _PLAIN | {"projects": [_OF_A_YEAR], "mailed": ("seasonal", DAY - timedelta(days=40), "2026-03")},
    _PLAIN | {"projects": [{}, {"delivered_on": None, "cancelled_on": DAY}]},
    _PLAIN | {"mailed": ("anniversary", DAY)},
    _PLAIN | {"mailed": ("anniversary", DAY - timedelta(days=6))},
    _PLAIN | {"mailed": ("anniversary", DAY - timedelta(days=7))},
    _PLAIN | {"mailed": ("seasonal", DAY - timedelta(days=89))},
    _PLAIN | {"mailed": ("seasonal", DAY - timedelta(days=90))},
    _PLAIN | {"suppressed": True},
    _PLAIN | {"opted_out": True},
    _PLAIN | {"chose": True},
    _PLAIN | {"referred": True},
    _PLAIN | {"case": True},
    _PLAIN | {"case_of_another": True},
    _PLAIN | {"projects": [_RICH], "owes": True},
    _PLAIN | {"name": "A. Bos (overleden)"},
    _PLAIN | {"erased_on": DAY},
    _PLAIN | _RATED,
    _PLAIN | _RATED | {"rated": True},
    _PLAIN | _RATED | {"rated_by_another": True},
    _PLAIN | _HAD_SEASON | {"quote": "rejected"},
    _PLAIN | _HAD_SEASON | {"quote": "accepted"},
    _PLAIN | _HAD_SEASON | {"quote": "rejected", "projects": [{}, {"delivered_on": None, "ordered_on": DAY}]},
    *[_PLAIN] * 8,  # some are held out
)


def _add_twins(connection: Connection) -> None:
    for number, twin in enumerate(_TWINS):
        client_id, address = f"T{number:02d}", twin.get("recipient", f"t{number:02d}@voorbeeld.nl")
        _add_client(connection, client_id, address, twin)
        _add_facts(connection, client_id, address, twin)


def _add_client(connection: Connection, client_id: str, address: str, twin: dict[str, Any], id_crc32: int = 0) -> None:
    base: dict[str, Any] = {"type": "uitbouw", "value_cents": 60_000, "ordered_on": AGO, "delivered_on": AGO}
    base |= {"address": "Kerkweg 1", "postcode": "8921 AB", "cancelled_on": None, "built_year": None, "engineer": None}
    told: dict[str, Any] = {
        "kind": twin["kind"],
        "consent": twin["consent"],
        "erased_on": twin.get("erased_on"),
        "tracking_consent": twin.get("tracking_consent"),
        "channel": "email",
    }
    named = {"client_id": client_id, "recipient": address, "name": twin.get("name", "Anna Bos"), "id_crc32": id_crc32}
    connection.execute(insert(clients), named | told)  # .values() would take longer
    for each, changes in enumerate(twin["projects"]):
        values = base | changes | {"project_id": f"{client_id}-{each}", "client_id": client_id}
        connection.execute(insert(projects), values)


def _add_facts(connection: Connection, client_id: str, address: str, twin: dict[str, Any]) -> None:
    old = f"oud-{client_id}@voorbeeld.nl".lower()
    if twin.get("opted_out"):
        connection.execute(insert(earlier_recipients).values(client_id=client_id, recipient=old))
    if twin.get("suppressed") or twin.get("opted_out"):
        listed = address if twin.get("suppressed") else old
        connection.execute(insert(suppressions).values(email=listed, reason="unsubscribe", since=DAY))
    if twin.get("chose"):
        at = datetime.combine(DAY - timedelta(days=5), time(), UTC)
        choose(connection, address, [Chosen("topic:ideas", "off", "")], Proof("preferences", at))
    if twin.get("referred"):
        friend = f"{client_id}-friend"
        _add_client(connection, friend, f"vriend-{address}", _PLAIN)
        days = {"invited_on": AGO - timedelta(days=60), "signed_up_on": AGO - timedelta(days=50)}
        told: dict[str, Any] = {"referral_id": client_id, "referrer_id": client_id, "referred_client_id": friend}
        connection.execute(insert(referrals).values(**told, **days))
    by = client_id
    if twin.get("case_of_another") or twin.get("rated_by_another"):
        by = f"{client_id}-other"
        _add_client(connection, by, f"buur-{address}", _PLAIN | {"projects": []})
    told = {"feedback_id": client_id, "client_id": by, "project_id": f"{client_id}-0", "given_on": DAY}
    if twin.get("case") or twin.get("case_of_another"):
        connection.execute(insert(feedback).values(**told, kind="other", negative=True, origin="page"))
    if twin.get("rated") or twin.get("rated_by_another"):
        connection.execute(insert(feedback).values(**told, kind="nps", score=9, origin="import"))
    if decision := twin.get("quote"):
        days = {"sent_on": AGO, "decided_on": DAY - timedelta(days=3)}
        told = {"quote_id": client_id, "client_id": client_id, "type": "uitbouw", "decision": decision}
        connection.execute(insert(quotes).values(**told, **days))
    if twin.get("owes"):
        told = {
            "invoice_id": client_id,
            "client_id": client_id,
            "amount_cents": 1,
            "issued_on": AGO,
            "due_on": AGO,
        }
        connection.execute(insert(invoices).values(**told))
    if mailed := twin.get("mailed"):
        _add_message(connection, client_id, address, *mailed)


def _add_message(
    connection: Connection, client_id: str, address: str, touchpoint: str, on: date, occasion: str = "1"
) -> None:
    told: dict[str, Any] = {
        "client_id": client_id,
        "recipient": address,
        "touchpoint": touchpoint,
        "occasion": occasion,
    }
    told |= {"flow": "daily"}
    told |= {"purpose": "marketing", "status": "accepted", "attempts": 1, "message_id": client_id}
    connection.execute(insert(messages), told | {"as_of": on, "due_on": on, "closes_on": on})


@pytest.fixture
def twins(engine: Engine) -> Engine:
    with writing(engine) as connection:
        _add_twins(connection)
    return engine


def test_one_for_all_decides_as_each_alone(twins: Engine, each_alone: Callable[[], None]) -> None:
    """On random histories and with every rarity the decisions are the same, reason, also and until included."""
    History(seed=11, clients=400, day=DAY).store(twins)
    alike = _decided(twins)
    each_alone()
    assert alike == _decided(twins)
    # A touchpoint has no budget of surveys and no pause of its own; who has no project yet is no rarity here.
    assert {one.reason for one in alike} >= {None, *Reason} - {Reason.SURVEY_BUDGET, Reason.PAUSED, Reason.NO_DELIVERY}
    assert {one.touchpoint for one in alike} >= {"feedback_request", "quote_rejected"}


@ON_SQLITE
def test_most_of_a_season_are_judged_as_others(twins: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a base without rarities one recipient is judged for all, so the comparison above compares something."""
    with writing(twins) as connection:
        for number in range(200):
            _add_client(connection, f"P{number:03d}", f"p{number:03d}@voorbeeld.nl", _PLAIN)
    judged: list[str] = []
    real = planning.judge_in_turn

    def counting(*arguments: Any) -> list[Decision]:
        judged.append(arguments[2].address)
        return real(*arguments)

    monkeypatch.setattr(planning, "judge_in_turn", counting)
    assert len(_decided(twins)) > 200 > 3 * len(judged)


@ON_SQLITE
@pytest.mark.parametrize("offer", [None, "LOYAL15"])
def test_mails_composed_for_many_are_those_composed_alone(twins: Engine, offer: str | None) -> None:
    """What the log stores of a season's mails is the same, byte for byte, with the codes that they give."""
    programme = make.programme(**CHANGES, **({"touchpoints.seasonal.offer": offer} if offer else {}))
    renderer = Renderer(programme, "https://bouwclub.example")
    with writing(twins) as connection:
        _add_readers(connection)
    seen, composed, codes = 0, 0, set()
    for chunk in plan_day(twins, programme, Flow.DAILY, DAY):
        for found, _, one, client, recipient in _composed(twins, renderer, chunk):
            kind = renderer.kinds[one.touchpoint]
            assert found == prepare_kind(renderer, kind, one, client, recipient, DAY, KEY)
            composed += 1
            if one.touchpoint == "seasonal":
                seen += 1
                codes.add(found.code and found.code.code.partition("-")[0])
    assert seen >= 20
    assert composed > len(renderer.shared) > 5
    assert codes == ({"LOYAL15", "GOUD", "PLATINUM"} if offer else {None})


DAYS_OF_SEASONS = [date(2026, 3, 1), date(2026, 3, 4), date(2026, 3, 24), date(2026, 9, 3), date(2024, 3, 26)]
OTHER_DAYS = [date(2026, 2, 27), date(2026, 6, 30)]
# Days of delivery, back from the day, about which something ends or begins.
_ABOUT = (0, 1, 2, 90, 181, 184, 185, 365, 366, 1094, 1096, 1100, 1119, 1121)
_OF_MAILS = (3, 6, 14, 17, 21, 30, 33, 44, 56, 59, 70, 91, 105, 121, 124, 181, 366, 369, 380)


def _add_plain(connection: Connection, number: int, day: date, pick: random.Random) -> None:
    """A client with one project, as most others but for two facts, which lie about where something ends or begins."""
    client_id, is_of_season = f"R{number:03d}", day in DAYS_OF_SEASONS
    about = [None, *(day - timedelta(days=back + pick.randint(-2, 2)) for back in _ABOUT)]
    touchpoint, on = pick.choice(["seasonal", "anniversary"]), day - timedelta(days=pick.choice([6, 7, 89, 90, 120]))
    of_project: dict[str, Any] = {
        "delivered_on": about,
        "ordered_on": [day - timedelta(days=back) for back in (-1, 0, 30, 1300)],
        "cancelled_on": [day, day + timedelta(days=1)],
        "value_cents": [199_999, 200_000, 200_001, 500_000, 1_000_000],
        "type": ["dakkapel", "overig", "draagmuur"],
        "address": [None, "", " ", "\u200b", "Dam [2] & <b>"],
        "built_year": [None, day.year - 4, day.year - 6, 1930],
        "engineer": [None, "Anke Wiersma", "ir. S. Wiersma", "\u200b", 'A, "B"; C <b>'],
        "monument": [None, False, True],
    }
    of_client: dict[str, Any] = {
        "kind": ["aannemer", "architect"],
        "consent": ["unknown", "no"],
        "tracking_consent": [True, False],
        "name": ["Bos Bouw B.V.", "Dhr. J. de Vries", "A. Bos (overleden)"],
        "mailed": [(touchpoint, on, occasion) for occasion in ("2025-03", "2025-09")],
        "rated": [True],
        "rated_by_another": [True],
    }
    often = ["delivered_on"] * 2 if is_of_season else ["monument", "consent", "value_cents", "name"] * 4
    changed = pick.sample([*of_project, *often, *of_client], 2)
    project = {name: pick.choice(of_project[name]) for name in changed if name in of_project}
    if pick.random() < 0.3:  # for some days of delivery another mail takes precedence, even one that went
        project |= {"type": "dakkapel", "delivered_on": pick.choice(about)}
        of_client["mailed"] = [("dakkapel_to_uitbouw", day - timedelta(days=40), f"{client_id}-0")]
        changed.append("mailed")
    ago = {"delivered_on": day - timedelta(days=240), "ordered_on": day - timedelta(days=400), "value_cents": 250_000}
    if not is_of_season:
        on = day - timedelta(days=pick.choice([1, 2, 6, 7, 29, 30, 40]))
        of_client["mailed"] = [(pick.choice(["check_in", "review_reminder", "small_to_large"]), on, f"{client_id}-0")]
        ago |= {"delivered_on": day - timedelta(days=pick.choice(_OF_MAILS)), "value_cents": 90_000}
    twin = _PLAIN | {name: pick.choice(of_client[name]) for name in changed if name in of_client}
    address = f"{client_id}@voorbeeld.nl".lower()
    _add_client(connection, client_id, address, twin | {"projects": [ago | project]}, number)
    _add_facts(connection, client_id, address, twin)


def _plain_of(engine: Engine, day: date, seed: int) -> list[PlanChunk]:
    with writing(engine) as connection:
        pick = random.Random(seed)
        for number in range(500):
            _add_plain(connection, number, day, pick)
    return list(plan_day(engine, make.shipped_programme(), Flow.DAILY, day))


@once_on_postgres("day", [*DAYS_OF_SEASONS, *OTHER_DAYS], [DAYS_OF_SEASONS[0], OTHER_DAYS[0]], ids=str)
def test_rows_of_one_sort_get_what_the_rules_give_each(
    engine: Engine, day: date, each_alone: Callable[[], None]
) -> None:
    """On random facts about every bound, on days of seasons and others, decisions and mails are those of each alone."""
    programme = make.shipped_programme()
    chunks = _plain_of(engine, day, seed=day.toordinal())
    alike = [each for chunk in chunks for each in chunk.alike]
    assert sum(len(each.client_ids) for each in alike) > (2 if day in DAYS_OF_SEASONS else 1) * len(alike) > 20
    renderer = Renderer(programme, "https://bouwclub.example")
    for chunk in chunks:
        for found, is_followed, one, client, recipient in _composed(engine, renderer, chunk):
            assert is_followed == bool(client.tracking_consent)
            assert found == prepare_kind(renderer, renderer.kinds[one.touchpoint], one, client, recipient, day, KEY)
    each_alone()
    assert decisions_of(chunks) == decisions_of(plan_day(engine, programme, Flow.DAILY, day))


@ON_SQLITE
def test_mails_that_share_nothing_are_composed_one_by_one(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who stay rows get the same mails, byte for byte, where a mail says more than can be filled in."""
    chunks = _plain_of(engine, DAYS_OF_SEASONS[0], seed=1)
    renderer = Renderer(make.shipped_programme(), "https://bouwclub.example")
    filled = sorted(each[:2] for chunk in chunks for each in _composed(engine, renderer, chunk))
    monkeypatch.setattr(composing, "shared_of", lambda *_: None)
    monkeypatch.setattr(preparing, "likeness_of_mail", lambda *_: None)
    assert sorted(each[:2] for chunk in chunks for each in _composed(engine, renderer, chunk)) == filled
    assert len(filled) > 50


@ON_SQLITE
@pytest.mark.parametrize(
    ("holder", "day", "parts", "needless"),
    [
        # Whether it was ordered follows from its delivery, and no word or segment of ours asks for one address.
        (DaySorts, DAYS_OF_SEASONS[1], 11, {5, 8}),
        # Nothing that is due is spread; of which day and type it is the query has seen to.
        (DaySorts, OTHER_DAYS[0], 11, {2, 5, 6, 8, 10}),
        # No mail of a season is late, and no mail of ours places the address alone.
        (MailSorts, DAYS_OF_SEASONS[1], 6, {4, 5}),
        (MailSorts, OTHER_DAYS[0], 6, {4}),
    ],
)
def test_a_sort_that_forgets_a_fact_is_found_out(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    holder: type[DaySorts] | type[MailSorts],
    day: date,
    parts: int,
    needless: set[int],
) -> None:
    """Without any one of its parts somebody gets another's decision or mail, so the comparison above can fail."""
    tried = {"first_on": day, "last_on": day + timedelta(days=30), "holdout_share": 0.3}
    tests = {"lente": "seasonal", "bouw": "build_check"}
    experiments = {name: {"touchpoint": touchpoint, **tried} for name, touchpoint in tests.items()}
    programme = make.programme(experiments=experiments)
    _plain_of(engine, day, seed=1)
    renderer, real = Renderer(programme, "https://bouwclub.example"), holder.of

    def outcome() -> list[Any]:
        renderer.shared.clear()
        chunks = list(plan_day(engine, programme, Flow.DAILY, day))
        return [
            decisions_of(chunks),
            sorted(each[:2] for chunk in chunks for each in _composed(engine, renderer, chunk)),
        ]

    right = outcome()
    wrong = set()
    for part in range(parts):

        def forgetful(*own: Any, part: int = part) -> Iterator[Any]:
            return (sort[:part] + sort[part + 1 :] for sort in real(*own))

        monkeypatch.setattr(holder, "of", forgetful)
        if outcome() != right:
            wrong.add(part)
    assert wrong == set(range(parts)) - needless


def _composed(
    engine: Engine, renderer: Renderer, chunk: PlanChunk
) -> Iterator[tuple[PreparedMail, bool, Decision, Client, Recipient]]:
    """The mails of a chunk as the log stores them, and whether they are followed, each with all that is known."""
    for one in chunk.decisions:
        if one.outcome == Outcome.SEND:
            recipient = chunk.recipients[one.client_id]
            client = recipient.client(one.client_id)
            yield prepare(renderer, one, client, recipient, KEY), bool(client.tracking_consent), one, client, recipient
    rows = {row[0]: row for alike in chunk.alike for row in alike.rows}
    for alike in compose(engine, renderer, KEY, chunk).alike:
        mails = map(PreparedMail._make, zip(*alike.mails.values(), strict=True)) if alike.mails else ()
        for mail, one in zip(mails, alike.decisions(), strict=bool(alike.mails)):
            recipient = plain.recipient_of(rows[one.client_id])
            client = with_code(recipient.clients[0], KEY)
            yield mail, alike.is_followed, one, client, recipient


def _add_readers(connection: Connection) -> None:
    """Clients of every way to be addressed, with projects of which their mails say something."""
    names = ("Bos Bouw B.V.", "Dhr. J. de Vries", "anna", "relatie", "Jan & Els Bos", "Vries, J. de")
    for number, name in enumerate(names * 3):
        changes: dict[str, Any] = {"engineer": "Anke Wiersma" if number % 2 else None, "monument": number % 3 == 0}
        changes |= {"value_cents": 60_000 * (number + 1), "type": ("dakkapel", "uitbouw", "overig")[number % 3]}
        twin = _PLAIN | {"name": name, "projects": [changes] * (1 + number % 3)}
        _add_client(connection, f"M{number:02d}", f"m{number:02d}@voorbeeld.nl", twin)


def _without(part: slice, of: Callable[..., Any]) -> Callable[..., Any]:
    def forgetful(*arguments: Any) -> Any:
        found = of(*arguments)
        return found and (found[: part.start] + found[part.stop :] or ("all",))

    return forgetful


@pytest.fixture(scope="module")
def judged_alone(lasting_engine: Engine) -> tuple[Engine, list[Decision]]:
    """The twins, which nobody changes, and what they get: the same when each is judged alone."""
    with writing(lasting_engine) as connection:
        _add_twins(connection)
    right = _decided(lasting_engine)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plain, "asks_activity", lambda *_: True)
        assert right == _decided(lasting_engine)
    return lasting_engine, right


LASTING_ON_SQLITE = pytest.mark.parametrize("lasting_engine", ["sqlite"], indirect=True)


@LASTING_ON_SQLITE
@pytest.mark.parametrize(
    ("name", "part"),
    [
        *(("of", slice(part, part + 1)) for part in range(7)),
        # Of ordered, delivered and running one follows from the others; an address counts where one makes a segment.
        *(("of_only", part) for part in (slice(0, 3), slice(3, 4), slice(5, 6))),
        *(("of_several", slice(part, part + 1)) for part in (1, 2, 3)),  # who had a delivery has a tier
    ],
)
def test_a_likeness_that_forgets_a_fact_is_found_out(
    judged_alone: tuple[Engine, list[Decision]], monkeypatch: pytest.MonkeyPatch, name: str, part: slice
) -> None:
    """Without any one of its facts somebody gets another's decision, so the comparison with each alone can fail."""
    twins, right = judged_alone
    holder = Likeness if hasattr(Likeness, name) else ProjectLikeness
    monkeypatch.setattr(holder, name, _without(part, getattr(holder, name)))
    assert _decided(twins) != right


@LASTING_ON_SQLITE
@pytest.mark.parametrize("place", range(len(plain._MARKS)))
def test_a_table_that_is_not_asked_is_found_out(
    judged_alone: tuple[Engine, list[Decision]], monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """Without the query of any one of the smaller tables somebody is taken for plain who is not."""
    twins, right = judged_alone
    monkeypatch.setattr(plain, "_MARKED", union_all(*plain._MARKS[:place], *plain._MARKS[place + 1 :]))
    assert _decided(twins) != right


@LASTING_ON_SQLITE
@pytest.mark.parametrize(("name", "nothing"), [("read_feedback", ({}, {})), ("read_quotes", {})])
def test_feedback_and_quotes_that_are_not_read_are_found_out(
    judged_alone: tuple[Engine, list[Decision]], monkeypatch: pytest.MonkeyPatch, name: str, nothing: Any
) -> None:
    """Plain recipients have the feedback and the quotes that their mails ask about."""
    twins, right = judged_alone
    monkeypatch.setattr(plain, name, lambda *_: nothing)
    assert _decided(twins) != right
