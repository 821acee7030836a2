"""SQL's first look at a claim clears nobody whom the rules would stop, whatever is known of the address."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, Engine, insert, text, update

from models import tables
from models.consent import Chosen, Proof, choose
from models.database.engine import writing
from models.present import clients as present_clients
from models.present import gone_clients
from models.tables import messages
from tasks.sending.claiming import claims
from tasks.sending.claiming.claims import Claimed, claim_window
from tests.tasks.sending.test_delivery import DAY, PROGRAMME, ScriptedMessenger, add, deliver, delivery, statuses

BEFORE, LATER, NEVER = DAY - timedelta(days=300), date(2900, 1, 1), date(2999, 1, 1)
CHOSEN_AT = Proof("preferences", datetime(2026, 3, 2, 8, tzinfo=UTC))
GOES, TRACKED, HELD, MOVED = "goes", "goes, tracked", "held", "moved"


class Facts:
    """What is known of client `n`, whose message is planned; each method writes one more fact."""

    def __init__(self, connection: Connection, n: int) -> None:
        self.connection, self.n, self.id, self.address = connection, n, f"c{n}", f"k{n}@voorbeeld.nl"

    def client(self, **values: Any) -> None:
        own = tables.clients.c.client_id == self.id
        self.connection.execute(update(tables.clients).where(own).values(**values))

    def other(self, **values: Any) -> str:
        """Another record, by default with the same address."""
        base: dict[str, Any] = {"client_id": f"{self.id}x", "name": "Ander", "recipient": self.address}
        base |= {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 0}
        self.connection.execute(insert(tables.clients).values(base | values))
        return f"{self.id}x"

    def project(self, client_id: str = "", **values: Any) -> str:
        base = {"project_id": f"p{self.n}", "client_id": client_id or self.id, "type": "dakkapel", "value_cents": 1}
        base |= {"ordered_on": BEFORE, "delivered_on": BEFORE}
        self.connection.execute(insert(tables.projects).values(base | values))
        return f"p{self.n}"

    def feedback(self, client_id: str = "", **values: Any) -> None:
        base = {"feedback_id": f"f{self.n}", "client_id": client_id or self.id, "given_on": DAY, "kind": "nps"}
        self.connection.execute(insert(tables.feedback).values(base | {"origin": "import"} | values))

    def suppressed(self, address: str = "", reason: str = "manual", since: date = DAY) -> None:
        row = {"email": address or self.address, "reason": reason, "since": since}
        self.connection.execute(insert(tables.suppressions).values(row))

    def earlier(self) -> str:
        row = {"client_id": self.id, "recipient": f"oud{self.n}@voorbeeld.nl"}
        self.connection.execute(insert(tables.earlier_recipients).values(row))
        return row["recipient"]

    def no_topic(self, address: str = "") -> None:
        topic = PROGRAMME.kinds["anniversary"].topic
        choose(self.connection, address or self.address, [Chosen(f"topic:{topic}", "off", "…")], CHOSEN_AT)


class Case(NamedTuple):
    """What is written about one client, and what becomes of the message."""

    write: Any
    fate: str


def _unknown(facts: Facts, **project: Any) -> None:
    facts.client(consent="unknown")
    if project:
        facts.project(**project)


def _by_another(facts: Facts, who: Mapping[str, Any] = MappingProxyType({}), **values: Any) -> None:
    """Feedback of somebody else about a project of theirs."""
    other = facts.other(recipient=f"ander{facts.n}@voorbeeld.nl", **who)
    facts.feedback(other, project_id=facts.project(), **({"origin": "page"} | values))


CASES: Mapping[str, Case] = {
    "nothing": Case(lambda one: None, GOES),
    "tracked": Case(lambda one: one.client(tracking_consent=True), TRACKED),
    "not tracked": Case(lambda one: one.client(tracking_consent=False), GOES),
    "a record of two tracked": Case(
        lambda one: (one.client(tracking_consent=True), one.other(tracking_consent=False)), GOES
    ),
    "suppressed": Case(lambda one: one.suppressed(), "suppressed"),
    "suppressed later": Case(lambda one: one.suppressed(since=LATER), GOES),
    "says no": Case(lambda one: one.client(consent="no"), "no_consent"),
    "another record says no": Case(lambda one: one.other(consent="no"), "no_consent"),
    "a record that is gone says no": Case(lambda one: one.other(consent="no", held_on=DAY), GOES),
    "unknown": Case(_unknown, "no_consent"),
    "unknown, a customer": Case(lambda one: _unknown(one, type="dakkapel"), GOES),
    "unknown, cancelled": Case(lambda one: _unknown(one, cancelled_on=DAY), "no_consent"),
    "unknown, not delivered": Case(lambda one: _unknown(one, delivered_on=LATER), "no_consent"),
    "unknown, project gone": Case(lambda one: _unknown(one, held_on=DAY), "no_consent"),
    "dead": Case(lambda one: one.client(name="Jan Jansen (overleden)"), "no_address"),
    "erased": Case(lambda one: one.client(erased_on=DAY), "no_address"),
    "gone": Case(lambda one: one.client(held_on=DAY), "no_address"),
    "moved": Case(lambda one: one.client(recipient="nieuw@voorbeeld.nl"), MOVED),
    "moved, address of another": Case(lambda one: (one.other(), one.client(recipient="weg@voorbeeld.nl")), MOVED),
    "moved to nowhere": Case(lambda one: one.client(recipient=""), "no_address"),
    "moved to one that bounced": Case(
        lambda one: (one.suppressed("bounced@voorbeeld.nl", "bounce"), one.client(recipient="bounced@voorbeeld.nl")),
        "suppressed",
    ),
    "moved, low": Case(lambda one: (one.feedback(score=3), one.client(recipient="boos@voorbeeld.nl")), HELD),
    "low": Case(lambda one: one.feedback(score=3), HELD),
    "low, resolved": Case(lambda one: one.feedback(score=3, resolved_on=DAY), GOES),
    "low, settled": Case(lambda one: one.feedback(score=3, settled_on=DAY), GOES),
    "low, resolved one day": Case(lambda one: one.feedback(score=3, resolved_on=NEVER), HELD),
    "low, gone": Case(lambda one: one.feedback(score=3, held_on=DAY), GOES),
    "high": Case(lambda one: one.feedback(score=9), GOES),
    "negative": Case(lambda one: one.feedback(kind="other", negative=True), HELD),
    "negative by another, of the export": Case(
        lambda one: _by_another(one, kind="other", negative=True, origin="import"), GOES
    ),
    "negative by another": Case(lambda one: _by_another(one, kind="other", negative=True), HELD),
    "low by another": Case(lambda one: _by_another(one, score=2), HELD),
    "low by another, of the export": Case(lambda one: _by_another(one, score=2, origin="import"), GOES),
    "low by one who is gone": Case(lambda one: _by_another(one, {"held_on": DAY}, score=2, origin="import"), HELD),
    "low of another record": Case(lambda one: one.feedback(one.other(), score=2), HELD),
    "opted out before": Case(lambda one: one.suppressed(one.earlier(), "unsubscribe"), "suppressed"),
    "bounced before": Case(lambda one: one.suppressed(one.earlier(), "bounce"), GOES),
    "chose": Case(lambda one: one.no_topic(), "not_wanted"),
    "chose before": Case(lambda one: one.no_topic(one.earlier()), "not_wanted"),
}


@pytest.fixture
def planned(engine: Engine) -> Engine:
    """A message for each case."""
    add(engine, len(CASES))
    with writing(engine) as connection:
        for n, case in enumerate(CASES.values()):
            case.write(Facts(connection, n))
    return engine


def fates(engine: Engine) -> dict[str, str]:
    """What a claim does with the message of each case."""
    with writing(engine) as connection:
        queue = delivery(engine, ScriptedMessenger()).queue(DAY, "r1")
        found = claim_window(connection, queue, 0)
        return dict(zip(CASES, _fates(connection, found), strict=True))


def _fates(connection: Connection, found: Claimed) -> list[str]:
    known = {letter.id: TRACKED if claim.is_tracked else GOES for claim in found.claims for letter in claim.letters}
    known |= dict.fromkeys(found.held, HELD) | dict.fromkeys(found.moved, MOVED)
    rows = connection.execute(messages.select().order_by(messages.c.client_id)).all()
    in_order = sorted(rows, key=lambda row: int(row.client_id[1:]))
    return [row.reason or known[row.id] for row in in_order]


def test_each_fact_has_its_fate(planned: Engine) -> None:
    """Each fact alone, in the way that it is found by: stopped, held or gone as the rules say."""
    assert fates(planned) == {name: case.fate for name, case in CASES.items()}


def test_the_rules_clear_whom_sql_clears(planned: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging everybody by the rules, one by one, comes to the same."""
    monkeypatch.setattr(claims, "is_suspect", lambda *_: True)
    assert fates(planned) == {name: case.fate for name, case in CASES.items()}


def test_a_claim_reads_no_table_as_a_whole_for_the_few_who_are_gone(sqlite_engine: Engine) -> None:
    """Whose feedback stays with its project is asked of an index that holds them alone."""
    with sqlite_engine.connect() as connection:
        query = str(gone_clients.compile(sqlite_engine))
        (row,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "COVERING INDEX ix_clients_gone" in row.detail


def test_a_letter_has_one_row(planned: Engine) -> None:
    """An address of several records is in the claim once."""
    with writing(planned) as connection:
        found = claim_window(connection, delivery(planned, ScriptedMessenger()).queue(DAY, "r1"), 0)
        ids = [letter.id for claim in found.claims for letter in claim.letters]
        shared = connection.execute(present_clients.select().where(present_clients.c.client_id.like("c%x"))).all()
    assert len(ids) == len(set(ids))
    assert len(shared) >= 3


def test_a_window_of_held_messages_holds_up_nobody(engine: Engine) -> None:
    """Behind a whole window that a backfill holds, the others go."""
    add(engine, 400, run_id="backfill")
    add(engine, 5, first=400)
    with writing(engine) as connection:
        row = {"run_id": "backfill", "flow": "daily", "as_of": DAY, "mode": "send", "started_at": CHOSEN_AT.at}
        connection.execute(insert(tables.runs).values(**row, held_by="somebody"))
    assert delivery(engine, ScriptedMessenger()).queue(DAY, "r1").window < 400
    report = deliver(engine, ScriptedMessenger())
    assert (report.accepted, report.left, statuses(engine)) == (5, 0, {"accepted": 5, "planned": 400})


@pytest.mark.postgres
def test_a_claim_finds_one_row_of_a_small_table_by_its_key(postgres_engine: Engine) -> None:
    """It asks for one address a message: at PostgreSQL's own costs that reads 200 suppressions for each of them."""
    rows = [{"email": f"klant.{number}@example.nl", "since": DAY, "reason": "bounce"} for number in range(200)]
    asked = "EXPLAIN SELECT EXISTS (SELECT 1 FROM suppressions WHERE email = clients.recipient) FROM clients"
    queue = delivery(postgres_engine, ScriptedMessenger()).queue(DAY, "r1")
    with writing(postgres_engine) as connection:
        connection.execute(insert(tables.suppressions), rows)
        connection.execute(text("ANALYZE suppressions"))
        claim_window(connection, queue, 0)
        plan = "\n".join(connection.execute(text(f"{asked} WHERE client_id = 'C1'")).scalars())

    assert "Seq Scan on suppressions" not in plan
    assert "suppressions" in plan
