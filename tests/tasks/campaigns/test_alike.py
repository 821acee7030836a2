"""Judging one of many who are alike gives what judging each would give, to the letter, and the mails are the same."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update

from models.consent import Chosen, Proof, choose
from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import (
    clients,
    decisions,
    discount_codes,
    earlier_recipients,
    feedback,
    invoices,
    messages,
    projects,
    referrals,
    runs,
    suppressions,
)
from programme.campaigns import campaign
from programme.campaigns.campaign import Campaign, CampaignCount, Judged
from programme.campaigns.likeness import LikenessRule
from programme.campaigns.order import read_order
from programme.campaigns.sorts import SortRule
from programme.rules.project_likeness import ProjectLikeness
from programme.words.states import MessageStatus, Outcome, Reason, RunMode
from tasks.base.workspace import Workspace
from tasks.campaigns.alike import judging, memory, recent
from tasks.campaigns.alike.briefs import briefs_of
from tasks.campaigns.alike.judging import ALONE, judge_pages
from tasks.campaigns.alike.mails import chunk_of
from tasks.campaigns.alike.page import CampaignPage
from tasks.campaigns.alike.rows import brief_of
from tasks.campaigns.steps import plan
from tasks.clients import pages
from tasks.clients.handed_over import Leaving
from tasks.mail.renderers import renderer_of
from tasks.runs.chunks import PlanChunk
from tasks.runs.queueing import enqueue
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.campaigns.base import DAY, MESSAGE_COLUMNS, decided, form, workspace_of

pytestmark = pytest.mark.slow
EXPERIMENT = {"touchpoint": "newsletter", "first_on": DAY, "last_on": DAY, "holdout_share": 0.2}
ASKED: tuple[dict[str, Any], ...] = (
    {"offer": "LOYAL15"},
    {"audience": {"none_of": {"tiers": ["Platinum"]}}},
    {"audience": {"all_of": {"segments": ["Verbouwer"]}}},
    {"audience": {"none_of": {"areas": "89", "monument": True}}},
    {"audience": {"any_of": {"bought": ["Dakkapel"], "last_types": ["Uitbouw"], "tiers": ["Platinum"]}}},
    {"audience": {"all_of": {"areas": "89", "bought": ["Dakkapel", "Uitbouw"]}}},
    {"template": "Uitnodiging bijeenkomst", "event_on": "2026-04-01", "event_time": "19.30", "place": "Ons kantoor"},
    {"template": "Enquête: zou u ons aanbevelen?", "subject": "", "intro": ""},
)


def asked_on(engine: Engine) -> tuple[dict[str, Any], ...]:
    """All on SQLite; on PostgreSQL those whose statements differ: an offer, all that an audience can ask, a survey."""
    return ASKED if engine.dialect.name == "sqlite" else (ASKED[0], ASKED[4], ASKED[5], ASKED[7])


OTHER_ADDRESS = "ander@voorbeeld.nl"
_KINDS = (
    ("anniversary", "daily", "marketing"),
    ("check_in", "daily", "service"),
    ("newsletter", "campaign", "marketing"),
    ("survey_nps", "campaign", "service"),
    ("case_ack", "care", "service"),
    ("weg", "daily", "marketing"),
)
_HOSTILE_NAMES = (
    '<b>Jan</b> "Bos" & Zn',
    '{"greeting": "Beste U,"}, \\ \\u0000',
    "{{ name }} {% raw %} %(name)s $name",
    '=HYPERLINK("x")',
    "\u202e\u05d3\u05d5\u05d3",
    "😀 Piet",
    "De heer en mevrouw d’Hondt",
    "A" * 300,
    "O'Brien; DROP TABLE clients;--",
)
_STATUSES = (MessageStatus.ACCEPTED, MessageStatus.ACCEPTED, MessageStatus.PLANNED, MessageStatus.REJECTED)


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    """A base in which every fact that a rule looks at occurs, and several of them at once."""
    workspace = workspace_of(engine, tmp_path, clients=450)
    with writing(engine) as connection:
        _add_rarities(connection)
    return _with_terms(workspace)


def _with_terms(workspace: Workspace) -> Workspace:
    """With a programme whose newsletter waits for projects, has a repeat and an experiment."""
    changes = {"campaigns.newsletter.pause": True, "campaigns.newsletter.repeat_days": 40}
    return workspace._replace(programme=make.programme(experiments={"lente": EXPERIMENT}, **changes))


def _add_rarities(connection: Any) -> None:
    pick = random.Random(7)
    found = connection.execute(select(clients.c.client_id, clients.c.recipient).order_by(clients.c.client_id)).all()
    engineers = (None, "ir. S. Wiersma", "Anke Wiersma")
    for number, (project_id,) in enumerate(connection.execute(select(projects.c.project_id)).all()):
        values: dict[str, Any] = {"engineer": engineers[number % 3], "monument": number % 5 == 0}
        if number % 11 == 0:
            values["value_cents"] = 1_200_000
        connection.execute(update(projects).where(projects.c.project_id == project_id).values(values))
    for client_id, address in found:
        dice = pick.random()
        if dice < 0.02:
            connection.execute(
                update(clients).where(clients.c.client_id == client_id).values(name="A. Bos (overleden)")
            )
        elif dice < 0.04:
            connection.execute(update(clients).where(clients.c.client_id == client_id).values(erased_on=DAY))
        elif dice < 0.07:
            old = f"oud-{client_id}@voorbeeld.nl".lower()
            connection.execute(insert(earlier_recipients).values(client_id=client_id, recipient=old))
            connection.execute(insert(suppressions).values(email=old, reason="unsubscribe", since=DAY))
        elif dice < 0.12 and address:
            choice = pick.choice(
                [Chosen("topic:ideas", "off", ""), Chosen("pause", "3", ""), Chosen("less_often", "on", "")]
            )
            at = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) - timedelta(days=5)
            choose(connection, address, [choice], Proof("preferences", at))
        elif dice < 0.2:
            connection.execute(
                update(clients).where(clients.c.client_id == client_id).values(name="Bouwbedrijf Bos B.V.")
            )
        elif dice < 0.4:
            name = pick.choice(_HOSTILE_NAMES)
            connection.execute(update(clients).where(clients.c.client_id == client_id).values(name=name))
    rows = []
    for number, (client_id, address) in enumerate(found):
        if pick.random() < 0.5 and address:
            kind, flow, purpose = pick.choice(_KINDS)
            day = DAY - timedelta(days=pick.choice([-2, 0, 1, 2, 3, 6, 7, 8, 35, 45, 59, 61]))
            occasion = "lentebrief-2026" if pick.random() < 0.2 and day >= DAY else f"o{number}"
            to = address if pick.random() < 0.9 else OTHER_ADDRESS
            told = (f"{number:032x}", client_id, to, kind, occasion, flow, purpose, day, day, day)
            rows.append([*told, pick.choice(_STATUSES), 1])
        if number % 9 == 0:
            other = (
                f"{number:031x}x",
                client_id,
                OTHER_ADDRESS,
                "newsletter",
                "lentebrief-2026",
                "campaign",
                "marketing",
            )
            rows.append([*other, DAY, DAY, DAY, MessageStatus.REJECTED, 1])
    insert_rows(connection, messages, MESSAGE_COLUMNS, rows, ignore_existing=True)


def _campaign(workspace: Workspace, asked: dict[str, Any]) -> Campaign:
    words = dict(asked)
    order = read_order(workspace.programme, form(words.pop("audience", None), **words), DAY)
    assert order.campaign is not None, order.faults
    return order.campaign


def _judged(workspace: Workspace, asked: Campaign, leaving: Leaving | None = None, forget: bool = True) -> list[Judged]:
    """The results of a pass in one order; it knows nothing of earlier ones unless it is told not to forget them."""
    if forget:
        memory.forget()
    found = [each for page in judge_pages(workspace, asked, DAY, leaving) for each in page.judged]
    return sorted(found, key=lambda each: each.decision[2:4][::-1] if each.decision else ("", ""))


@pytest.fixture
def each_alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, everybody is judged alone."""
    return lambda: monkeypatch.setattr(LikenessRule, "applies", False)


def test_one_for_all_decides_as_each_alone(
    workspace: Workspace, each_alone: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decisions about a base full of rarities are the same, with reason, also, until, segment and tier."""
    campaigns = [_campaign(workspace, asked) for asked in asked_on(workspace.engine)]
    leaving = Leaving(DAY, "sendgrid")
    monkeypatch.setattr(pages, "RANGE_RECIPIENTS", 50)  # addresses that several share fall on the edges
    alike = [_judged(workspace, asked, leaving) for asked in campaigns]
    monkeypatch.setattr(recent, "MOST_AT_ONCE", 3)  # so messages are read page by page
    alike.append(_judged(workspace, campaigns[0], leaving))
    each_alone()
    campaigns.append(campaigns[0])
    assert alike == [_judged(workspace, asked, leaving) for asked in campaigns]
    reasons = {one.decision.reason for found in alike for one in found if one.decision}
    assert reasons >= {*Reason} - {Reason.SUPERSEDED, Reason.REPEATED}
    assert any(one.has_it for found in alike for one in found)


def test_a_look_counts_and_shows_what_a_run_decides(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of likenesses, and the people and mails shown, are those of the decisions one by one, in order."""
    monkeypatch.setattr(judging, "COUNTED_RECIPIENTS", 50)
    monkeypatch.setattr(campaign, "SHOWN_PEOPLE", 12)
    for asked in map(partial(_campaign, workspace), asked_on(workspace.engine)):
        expected = CampaignCount()
        expected.add(_judged(workspace, asked))
        assert plan(workspace, asked, DAY) == expected
        assert len(expected.getting) <= 12 < expected.recipients


def test_a_run_learns_from_its_look(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody with a likeness is judged again; who has news since gets the decision of that news, nobody else does."""
    asked = _campaign(workspace, ASKED[0])
    memory.forget()
    plan(workspace, asked, DAY)
    before = {one.decision.client_id: one.decision for one in _judged(workspace, asked, forget=False) if one.decision}
    sends = sorted(client_id for client_id, decision in before.items() if decision.outcome == Outcome.SEND)
    complained = set(sends[::7])
    with writing(workspace.engine) as connection:
        columns = ["feedback_id", "client_id", "given_on", "kind", "negative", "origin"]
        rows = [[f"N{client_id}", client_id, DAY, "other", True, "import"] for client_id in sorted(complained)]
        insert_rows(connection, feedback, columns, rows)
    read, real = [], judging.read_recipients

    def counted(connection: Any, programme: Any, client_ids: Any, *others: Any, **more: Any) -> Any:
        read.extend(client_ids)
        return real(connection, programme, client_ids, *others, **more)

    monkeypatch.setattr(judging, "read_recipients", counted)
    after = {one.decision.client_id: one.decision for one in _judged(workspace, asked, forget=False) if one.decision}
    assert {client_id for client_id in before if before[client_id] != after[client_id]} == complained
    assert all(after[client_id].reason == Reason.OPEN_CASE for client_id in complained)
    alone = {client_id for client_id, likeness in _likenesses(workspace, asked) if likeness == ALONE}
    assert len(set(read) - alone) < len(complained) < len(sends)


def test_a_mail_that_goes_during_the_pass_counts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets a direct mail while earlier pages are judged has to wait; also the second time that some go."""
    asked = _campaign(workspace, ASKED[0])
    sends = {one.decision.recipient for one in _judged(workspace, asked) if one.decision and not one.decision.reason}
    memory.forget()
    monkeypatch.setattr(pages, "RANGE_RECIPIENTS", 50)
    monkeypatch.setattr(CampaignPage, "made", 0)  # these pages are not stored
    judged = judge_pages(workspace, asked, DAY)
    mailed: set[str] = set()
    for share in (2, 1):
        for _ in range(3):
            sends -= {one.decision.recipient for one in next(judged).judged if one.decision}
        some = sorted(sends - mailed)[::share]
        _mail_directly(workspace.engine, "xyz"[share], some)
        mailed.update(some)
    late = [each.decision for page in judged for each in page.judged if each.decision]
    waiting = {one.recipient for one in late if {one.reason, *one.also} & {Reason.OUTRANKED, Reason.FREQUENCY_CAP}}
    assert len(sends) > 10
    assert sends <= waiting


def _mail_directly(engine: Engine, prefix: str, addresses: list[str]) -> None:
    rows = [
        [f"{number:031x}{prefix}", f"{prefix}{number}", to, "anniversary", f"{number}", "direct", "marketing"]
        for number, to in enumerate(addresses)
    ]
    with writing(engine) as connection:
        insert_rows(
            connection, messages, MESSAGE_COLUMNS, [[*row, DAY, DAY, DAY, MessageStatus.ACCEPTED, 1] for row in rows]
        )


def _likenesses(workspace: Workspace, asked: Campaign) -> list[tuple[str, int]]:
    rule, engine = LikenessRule(workspace.programme, asked, DAY), workspace.engine
    with reading(engine) as connection:
        briefs = briefs_of(connection, rule, None, False)
        found = [briefs.read(connection, page) for page in pages.read_ranges(engine)]
    rows = [facts.rows[place] for facts in found for places in facts.plain.values() for place in places]
    plain = [(row[0], rule.of(brief_of(row))) for row in rows]
    others = [other for facts in found for other in facts.others]
    return plain + [(other.client_id, rule.of(other.brief) if other.brief else ALONE) for other in others]


def test_the_quick_reading_finds_the_likeness_of_all_facts(workspace: Workspace) -> None:
    """So of each likeness one is judged; where the two differed, everybody would be, one by one."""
    asked = _campaign(workspace, ASKED[0])
    memory.forget()
    plan(workspace, asked, DAY)
    known = memory._latest[0].known
    kinds = {likeness for _, likeness in _likenesses(workspace, asked)} - {ALONE}
    assert len(known) == len(kinds)


def test_one_for_all_keeps_what_each_alone_keeps(workspace: Workspace, each_alone: Callable[[], None]) -> None:
    """The rows of decisions, messages and given codes are the same."""
    campaigns = [_campaign(workspace, asked) for asked in asked_on(workspace.engine) if asked not in ASKED[1:3]]
    kept = [_kept(workspace, asked) for asked in campaigns]
    each_alone()
    assert kept == [_kept(workspace, asked) for asked in campaigns]
    assert len(kept[0][1]) > 20


def _kept(workspace: Workspace, asked: Campaign) -> tuple[list[Any], list[Any], list[Any]]:
    """What a run of the campaign writes; it is deleted again."""
    engine = workspace.engine
    with reading(engine) as connection:
        last = connection.scalar(select(func.max(messages.c.id)))
    decided(workspace, asked)
    own = {"id", "run_id", "discount_id"}
    with writing(engine) as connection:

        def take(table: Any, *conditions: Any) -> list[Any]:
            columns = [column for column in table.c if column.name not in own]
            rows = connection.execute(select(*columns).where(*conditions).order_by(table.c.client_id)).all()
            connection.execute(delete(table).where(*conditions))
            return [tuple(row) for row in rows]

        given = select(messages.c.message_id, *discount_codes.c["code", "percent", "given_on", "valid_until"])
        given = given.join_from(messages, discount_codes, discount_codes.c.id == messages.c.discount_id)
        codes = [tuple(row) for row in connection.execute(given.order_by(messages.c.message_id))]
        found = take(decisions), take(messages, messages.c.id > last), codes
        connection.execute(delete(runs))
    return found


def test_a_page_that_is_stored_again_keeps_what_it_kept(workspace: Workspace) -> None:
    """Of those alike, too: on another day their messages are taken, so each decision to send is a row of its own."""
    asked, engine = _campaign(workspace, ASKED[0]), workspace.engine
    renderer, key = renderer_of(workspace, asked.kind), workspace.settings.key()
    plan(workspace, asked, DAY)  # so hardly anybody is judged alone
    pages = list(judge_pages(workspace, asked, DAY, composes=True))
    chunks = [chunk for page in pages if (chunk := chunk_of(page, DAY)).alike]
    for chunk in chunks:
        enqueue(engine, renderer, key, chunk, "run", RunMode.SEND)
        enqueue(engine, renderer, key, chunk, "again", RunMode.SEND)
    later = [each._replace(decision=each.decision._replace(as_of=DAY + timedelta(days=1))) for each in chunk.alike]
    enqueue(engine, renderer, key, PlanChunk([], {}, later, reading=chunk.reading), "later", RunMode.SEND)
    with reading(engine) as connection:
        found = connection.execute(select(decisions.c.run_id, decisions.c.outcome, func.count()).group_by(text("1, 2")))
        kept = {(run_id, outcome): number for run_id, outcome, number in found if run_id}
    given = Counter(one.outcome for each in chunks for one in each.every())
    again = Counter(one.outcome for alike in later for one in alike.decisions())
    assert kept == {("run", each): given[each] for each in given} | {("later", each): again[each] for each in again}
    assert again[Outcome.SEND] > 20


def _without(part: slice, of: Callable[..., Any]) -> Callable[..., Any]:
    def forgetful(*arguments: Any) -> Any:
        found = of(*arguments)
        return found[: part.start] + found[part.stop :]

    return forgetful


# Clients as their neighbour but for one fact: what the likeness must not forget.
_PLAIN = {"kind": "consument", "consent": "yes", "projects": [{}]}
_TWINS: tuple[dict[str, Any], ...] = (
    _PLAIN,
    _PLAIN | {"recipient": ""},
    _PLAIN | {"kind": "aannemer"},
    _PLAIN | {"consent": "no"},
    _PLAIN | {"suppressed": True},
    _PLAIN | {"case": True},
    _PLAIN | {"refers": True},
    _PLAIN | {"mailed": "anniversary"},
    _PLAIN | {"mailed": "lentebrief"},
    _PLAIN | {"consent": "unknown"},
    _PLAIN | {"consent": "unknown", "projects": [{"delivered_on": None, "ordered_on": DAY + timedelta(days=1)}]},
    _PLAIN | {"projects": [{"delivered_on": None, "ordered_on": DAY + timedelta(days=1)}]},
    _PLAIN | {"projects": [{"delivered_on": None}]},
    _PLAIN | {"projects": []},
    _PLAIN | {"projects": [{"cancelled_on": DAY}], "consent": "unknown"},
    _PLAIN | {"projects": [{"built_year": DAY.year - 2}]},
    _PLAIN | {"projects": [{"value_cents": 1_200_000}]},
    _PLAIN | {"projects": [{"value_cents": 1_200_000}], "owes": True},
    _PLAIN | {"projects": [{}, {}]},
    _PLAIN | {"projects": [{}, {"delivered_on": None}]},
    _PLAIN | {"projects": [{}, {"delivered_on": None, "cancelled_on": DAY}]},
    _PLAIN | {"projects": [{}, {"address": "Dam 2"}]},
    _PLAIN | {"projects": [{}, {"value_cents": 1_200_000}]},
    _PLAIN | {"projects": [{}, {}], "consent": "unknown"},
    _PLAIN | {"projects": [{"cancelled_on": DAY}, {"cancelled_on": DAY}], "consent": "unknown"},
    *[_PLAIN] * 6,  # some are held out
    _PLAIN | {"projects": [{"postcode": "1000 AA"}]},
    _PLAIN | {"projects": [{"postcode": "1000 AA", "monument": True}]},
    _PLAIN | {"projects": [{"type": "fundering"}]},
    _PLAIN | {"projects": [{"type": "fundering"}, {"type": "fundering"}]},
    _PLAIN | {"projects": [{"postcode": "1000 AA"}, {"postcode": "1000 AA"}]},
    _PLAIN | {"erased_on": DAY},
    _PLAIN | {"name": "Anna Bos (overleden)"},
    _PLAIN | {"pauses": True},
)


def _add_twins(connection: Any) -> None:
    ago = DAY - timedelta(days=100)
    base = {"type": "dakkapel", "value_cents": 60_000, "ordered_on": ago, "delivered_on": ago, "address": "Kerkweg 1",
            "postcode": "8921 AB", "cancelled_on": None, "built_year": None}  # fmt: skip
    for number, twin in enumerate(_TWINS):
        client_id, address = f"T{number:02d}", twin.get("recipient", f"t{number:02d}@voorbeeld.nl")
        told = {"client_id": client_id, "recipient": address, "kind": twin["kind"], "consent": twin["consent"]}
        told |= {"name": twin.get("name", "Anna Bos"), "erased_on": twin.get("erased_on")}
        connection.execute(insert(clients).values(**told, channel="email", id_crc32=0))
        for each, changes in enumerate(twin["projects"]):
            values = base | changes | {"project_id": f"{client_id}-{each}", "client_id": client_id}
            connection.execute(insert(projects).values(**values))
        if twin.get("suppressed"):
            connection.execute(insert(suppressions).values(email=address, reason="manual", since=DAY))
        if twin.get("case"):
            told = {"feedback_id": client_id, "client_id": client_id, "given_on": DAY, "kind": "other"}
            connection.execute(insert(feedback).values(**told, negative=True, origin="import"))
        if twin.get("owes"):
            told = {"invoice_id": client_id, "client_id": client_id, "amount_cents": 1}
            connection.execute(insert(invoices).values(**told, issued_on=ago, due_on=ago))
        if twin.get("pauses"):
            choose(
                connection, address, [Chosen("pause", "3", "")], Proof("preferences", datetime(2026, 2, 25, tzinfo=UTC))
            )
        if twin.get("refers"):
            told = {"referral_id": client_id, "referrer_id": client_id, "referred_client_id": "T00"}
            connection.execute(insert(referrals).values(**told, invited_on=ago, signed_up_on=ago))
        if kind := twin.get("mailed"):
            is_it = kind == "lentebrief"
            told = {"client_id": client_id, "touchpoint": "newsletter" if is_it else kind, "flow": "daily"}
            told |= {"recipient": OTHER_ADDRESS if is_it else address, "status": "accepted", "attempts": 1}
            days = {"as_of": DAY, "due_on": DAY, "closes_on": DAY}
            occasion = "lentebrief-2026" if is_it else "1"
            connection.execute(
                insert(messages).values(**told, **days, occasion=occasion, purpose="marketing", message_id=client_id)
            )


@pytest.fixture(scope="module")
def rightly(lasting_engine: Engine) -> Callable[[int], tuple[Workspace, Campaign, list[Judged]]]:
    """A campaign to the twins by its number, and what is decided: for those alike once, as for each alone."""
    with writing(lasting_engine) as connection:
        _add_twins(connection)
    settings = Settings(_env_file=None, secret_key="key")  # type: ignore[call-arg]
    workspace = _with_terms(Workspace(settings, make.programme(), lasting_engine))

    @cache
    def decided(number: int) -> tuple[Workspace, Campaign, list[Judged]]:
        asked = _campaign(workspace, ASKED[number])
        alike = _judged(workspace, asked)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(LikenessRule, "applies", False)
            assert alike == _judged(workspace, asked)
        return workspace, asked, alike

    return decided


@pytest.mark.parametrize("lasting_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "part", "number"),
    [
        *(("facts_of", slice(part, part + 1), 0) for part in (0, 2, 3, 4, 5)),
        # An address counts for those with several projects.
        *(("_parts_of", slice(part, part + 1), 0) for part in range(10) if part != 7),
        *(("_of_record", slice(part, part + 1), 0) for part in range(5)),
        # Of ordered, delivered and running one follows from the others; an address counts where one makes a segment.
        *(("of_only", part, 0) for part in (slice(0, 3), slice(3, 4), slice(5, 6))),
        *(("of_several", slice(part, part + 1), 0) for part in (1, 2, 3)),  # who had a delivery has a tier
        # What an audience asks of projects: postcode and monument, type.
        *((name, slice(part, part + 1), 3) for name, part in (("_of_record", 5), ("_parts_of", 10), ("_parts_of", 13))),
        *((name, slice(part, part + 1), 4) for name, part in (("_of_record", 5), ("_parts_of", 11))),
    ],
)
def test_a_likeness_that_forgets_a_fact_is_found_out(
    rightly: Callable[[int], tuple[Workspace, Campaign, list[Judged]]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    part: slice,
    number: int,
) -> None:
    """Without any one of its facts somebody gets another's decision, so the comparison with each alone can fail."""
    workspace, asked, right = rightly(number)
    holder = next(each for each in (LikenessRule, SortRule, ProjectLikeness) if hasattr(each, name))
    monkeypatch.setattr(holder, name, _without(part, getattr(holder, name)))
    assert _judged(workspace, asked) != right


@ON_SQLITE
def test_news_about_the_one_is_not_taken_for_all(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gets a complaint after the pass began is judged alone; those alike are not held for it."""
    asked = _campaign(workspace, ASKED[0])
    sends = {
        one.decision.client_id
        for one in _judged(workspace, asked)
        if one.decision and one.decision.outcome == Outcome.SEND
    }

    def with_news(*arguments: Any) -> Any:
        found = real(*arguments)
        with writing(workspace.engine) as connection:
            columns = ["feedback_id", "client_id", "given_on", "kind", "negative", "origin"]
            rows = [[f"N{client_id}", client_id, DAY, "other", True, "import"] for client_id in sorted(sends)[::3]]
            insert_rows(connection, feedback, columns, rows)
        return found

    real = judging.briefs_of
    monkeypatch.setattr(judging, "briefs_of", with_news)
    after = {one.decision.client_id: one.decision for one in _judged(workspace, asked) if one.decision}
    complained = set(sorted(sends)[::3])
    assert all(after[client_id].outcome == Outcome.SEND for client_id in sends - complained)
    assert any(after[client_id].reason == Reason.OPEN_CASE for client_id in complained)
