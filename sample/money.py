"""The demo's year of referrals: sign-ups and visits, a settlement that was paid, a line that came back, and one to
approve. All of it by the program's own steps, but for what people and the bank would have done."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, exists, func, insert, select, update

from flows.payouts import PLAIN, run_rewards, run_settlement, run_statement
from models.database.engine import writing
from models.settings import ROOT
from models.tables import clients, projects, referral_visits, referrals, signups
from programme.words.states import ClientKind, Role
from sample.bank_statement import Movement, bank_statement
from sample.contents.people import iban
from tasks.base.workspace import Workspace
from tasks.money.payees import record_iban
from tasks.papers.lists import write_journal, write_year
from tasks.papers.pdf import statement_pdf
from tasks.papers.sheet import statement_html
from tasks.papers.statement import read_statement
from tasks.referrals import deciding
from tasks.referrals.batches import SCHEDULED_NAME

FOLDER = "settlement"
PROGRAMME_FILE, ENVIRONMENT_FILE = "programme.toml", ".env"
YEAR_DAYS = 365
MOST_FRIENDS = 24
# Whose friend each is, in order of sign-up: some bring many, most bring one. The partner is the fifth.
BROUGHT_BY = (0, 0, 1, 0, 4, 2, 0, 1, 3, 0, 4, 5, 1, 0, 2, 6, 0, 1, 7, 0, 4, 8, 2, 9)
PARTNER, WITHOUT_ACCOUNT = 4, 3


@dataclass(frozen=True)
class DemoMoney:
    """What to look at.

    Attributes:
        paid, waiting: the ids of the batch that was paid, and of the one that waits for its approval.
        top: the client who brought most.
        approver: who may approve the batch that waits.
    """

    folder: Path
    paid: str
    waiting: str
    top: str
    approver: str


def write_programme(folder: Path, as_of: date) -> Path:
    """The shipped programme with partners, of which this system pays half a year; commands in the folder use it."""
    text = (ROOT / PROGRAMME_FILE).read_text("utf-8")
    since = (as_of - timedelta(days=YEAR_DAYS // 2)).replace(day=1)
    shipped = ("paid_before = 2026-01-01", "enabled = false")
    assert all(text.count(line) == 1 for line in shipped)
    text = text.replace(shipped[0], f"paid_before = {since}").replace(shipped[1], "enabled = true")
    path = folder / PROGRAMME_FILE
    path.write_text(text, "utf-8")
    (folder / ENVIRONMENT_FILE).write_text(f"BOUWCLUB_PROGRAMME={PROGRAMME_FILE}\nBOUWCLUB_DESK=mail\n")
    return path


def play_sign_ups(workspace: Workspace, as_of: date) -> list[str]:
    """A year of sign-ups and visits up to the day, before any run: they raise tiers, and so change mails.

    Returns:
        The client ids of the referrers; the first brought most.
    """
    with writing(workspace.engine) as connection:
        return _add_year(connection, as_of)


def play_money(workspace: Workspace, folder: Path, as_of: date, referrers: list[str]) -> DemoMoney:
    """That year booked, settled, approved by another, exported, paid, one returned; the next waits."""
    folder.mkdir()
    programme, engine = workspace.programme, workspace.engine
    settled_on = (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)
    approver = next(person.name for person in programme.people if Role.APPROVER in person.roles)
    prepared = run_settlement(PLAIN, workspace, settled_on, SCHEDULED_NAME, _at(settled_on)).settlement
    run_rewards(PLAIN, workspace, settled_on, _at(settled_on), dry_run=False)
    assert prepared.batch is not None
    paid = prepared.batch.batch_id
    approved = deciding.approve(engine, programme, paid, approver, _at(settled_on)).settlement
    (folder / f"{paid}.xml").write_bytes(deciding.export(engine, paid, _at(settled_on)))
    assert approved.batch is not None
    pay_day = approved.batch.execution_on or settled_on
    lines = [(line.end_to_end_id, line.amount_cents) for line in approved.lines]
    back_on = pay_day + timedelta(days=3)
    movements = [Movement(pay_day, *line) for line in lines] + [Movement(back_on, *lines[-1], True, "AC04")]
    statement = bank_statement(programme.payouts.iban, movements)
    (folder / "afschrift.xml").write_bytes(statement)
    run_statement(workspace, statement, "afschrift.xml", back_on, _at(back_on))
    run_rewards(PLAIN, workspace, as_of, _at(as_of), dry_run=False)
    waiting = run_settlement(PLAIN, workspace, as_of, SCHEDULED_NAME, _at(as_of)).settlement
    _write_papers(workspace, folder, referrers[0], as_of)
    return DemoMoney(folder, paid, waiting.batch.batch_id if waiting.batch else "", referrers[0], approver)


def _write_papers(workspace: Workspace, folder: Path, client_id: str, as_of: date) -> None:
    brand = workspace.programme.brand
    statement = read_statement(workspace.engine, workspace.programme, client_id, as_of.year, as_of)
    (folder / "jaaroverzicht.html").write_text(statement_html(statement, brand), "utf-8")
    (folder / "jaaroverzicht.pdf").write_bytes(statement_pdf(statement, brand))
    write_year(workspace.engine, as_of.year, folder / "betaald.csv")
    write_journal(workspace.engine, None, as_of, folder / "journaal.csv")


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _add_year(connection: Connection, as_of: date) -> list[str]:
    """Web sign-ups of clients whose first project was delivered within the year, and who brought them."""
    rng = Random(7)
    friends = _friends(connection, as_of)
    referrers = _referrers(connection, {client_id for client_id, _ in friends}, as_of)
    for number, client_id in enumerate(referrers):
        if number == PARTNER:
            values = {"kind": ClientKind.AANNEMER.value, "partner_since": as_of - timedelta(days=YEAR_DAYS)}
            connection.execute(update(clients).where(clients.c.client_id == client_id).values(values))
        if number != WITHOUT_ACCOUNT:
            name = connection.execute(select(clients.c.name).where(clients.c.client_id == client_id)).scalar_one()
            record_iban(connection, client_id, iban(rng), name, _at(as_of - timedelta(days=200)))
    for place, (client_id, ordered_on) in enumerate(friends):
        referrer_id = referrers[BROUGHT_BY[place % len(BROUGHT_BY)]]
        _sign_up(connection, client_id, referrer_id, ordered_on - timedelta(days=rng.randint(3, 20)))
    _visit(connection, rng, as_of)
    return referrers


def _friends(connection: Connection, as_of: date) -> list[tuple[str, date]]:
    """Clients with their first order, which was delivered within the year; in order of that day."""
    first = func.min(projects.c.ordered_on)
    own = clients.c.client_id
    query = (
        select(own, first)
        .join(projects, projects.c.client_id == own)
        .where(~exists().where(referrals.c.referred_client_id == own), clients.c.kind == ClientKind.CONSUMENT.value)
        .where(clients.c.recipient != "", clients.c.erased_on.is_(None))
        .group_by(own)
        .having(first > as_of - timedelta(days=YEAR_DAYS), func.max(projects.c.delivered_on) <= as_of)
        .having(func.count(projects.c.cancelled_on) == 0)
        .order_by(first, own)
    )
    found = [(client_id, day) for client_id, day in connection.execute(query)]
    step = max(len(found) // MOST_FRIENDS, 1)
    return found[::step][:MOST_FRIENDS]


def _referrers(connection: Connection, friends: set[str], as_of: date) -> list[str]:
    """Clients of long ago, each with an address of his own, whose club levels nothing else has raised since."""
    own, long_ago = clients.c.client_id, as_of - timedelta(days=YEAR_DAYS)
    query = (
        select(func.min(own))
        .join(projects, projects.c.client_id == own)
        .where(clients.c.recipient != "")
        .where(clients.c.kind == ClientKind.CONSUMENT.value, clients.c.erased_on.is_(None), clients.c.iban.is_(None))
        .group_by(clients.c.recipient)
        .having(func.count(own.distinct()) == 1, func.max(projects.c.delivered_on) < long_ago)
        .order_by(func.min(own))
    )
    found = [client_id for client_id in connection.scalars(query) if client_id not in friends]
    return found[: max(BROUGHT_BY) + 1]


def _sign_up(connection: Connection, client_id: str, referrer_id: str, day: date) -> None:
    client = connection.execute(select(clients).where(clients.c.client_id == client_id)).one()
    digest = hashlib.sha256(f"{referrer_id}\x1f{client.recipient}".encode()).hexdigest()
    row = {"referral_id": f"web-{digest[:12]}", "referrer_id": referrer_id, "referred_client_id": client_id}
    connection.execute(insert(referrals).values(**row, invited_on=day, signed_up_on=day))
    told = {"name": client.name, "email": client.email, "recipient": client.recipient, "phone": client.phone}
    connection.execute(
        insert(signups).values(
            referral_id=row["referral_id"], code="DEMO", **told, signed_up_on=day, signed_up_at=_at(day)
        )
    )


def _visit(connection: Connection, rng: Random, as_of: date) -> None:
    """More people look than sign up."""
    days = [as_of - timedelta(days=rng.randrange(YEAR_DAYS)) for _ in range(MOST_FRIENDS * 8)]
    rows = [{"code": "DEMO", "day": day, "visitor": f"demo-{number}"} for number, day in enumerate(days)]
    connection.execute(insert(referral_visits), rows)
