"""What follows from the clients and projects of the large base, derived inside the database."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from programme.terms.schema import Programme, Touchpoint
from programme.words.dates import add_months

DAYS_OF_MESSAGES = 230  # as long as the daily run is thought to have been at work
OPEN_OF_HUNDRED = 7  # of the occasions of earlier days, those still open: deferred, or a run was missed
NUMBER = "CAST(substr(project_id, 2, 6) AS integer)"  # in tens, so that it is alike in windows and outside


def derive(run: Callable[[str], object], is_sqlite: bool, programme: Programme, day: date) -> None:
    """Quotes, feedback, invoices, interactions, suppressions, activity, and the messages of runs before `day`."""
    sql = Statements(run, is_sqlite, day)
    _facts(sql)
    _activity(sql)
    for touchpoint_id, touchpoint in programme.touchpoints.items():
        if touchpoint.anchor == "project_delivered" and not touchpoint.to_next_season:
            _messages_of_projects(sql, touchpoint_id, touchpoint)
    _other_messages(sql)


class Statements(NamedTuple):
    """Runs statements, and spells what SQLite and PostgreSQL spell differently: dates."""

    run: Callable[[str], object]
    is_sqlite: bool
    day: date

    def plus(self, column: str, days: int) -> str:
        return f"date({column}, '{days:+d} days')" if self.is_sqlite else f"({column} {days:+d})"

    def ago(self, days: int) -> str:
        literal = f"'{(self.day - timedelta(days=days)).isoformat()}'"
        return literal if self.is_sqlite else f"DATE {literal}"


def _facts(sql: Statements) -> None:
    day, n = "delivered_on", NUMBER
    sql.run(
        "INSERT INTO suppressions (email, reason, since) "
        f"SELECT recipient, 'unsubscribe', {sql.ago(90)} FROM clients WHERE substr(client_id, 5, 3) IN ('007', '557')"
    )
    sql.run(
        "INSERT INTO quotes (quote_id, client_id, type, value_cents, sent_on, decided_on, decision) "
        f"SELECT 'Q' || project_id, client_id, 'uitbouw', 120000, {sql.plus(day, 25)}, {sql.plus(day, 40)}, "
        f"CASE WHEN {n} % 12 = 0 THEN 'rejected' ELSE 'accepted' END "
        f"FROM projects WHERE {day} < {sql.ago(40)} AND {n} % 4 = 0"
    )
    sql.run(
        "INSERT INTO feedback (feedback_id, client_id, project_id, given_on, kind, score, resolved_on, origin) "
        f"SELECT 'F' || project_id, client_id, project_id, {sql.plus(day, 5)}, "
        f"CASE WHEN {n} % 2 = 0 THEN 'nps' ELSE 'review' END, CASE WHEN {n} % 60 = 0 THEN 4 ELSE 7 + {n} % 4 END, "
        f"CASE WHEN {n} % 120 = 0 THEN {sql.plus(day, 20)} END, 'import' "
        f"FROM projects WHERE {day} < {sql.ago(5)} AND {n} % 3 = 0"
    )
    sql.run(
        "INSERT INTO invoices (invoice_id, client_id, project_id, amount_cents, issued_on, due_on, paid_on) "
        f"SELECT 'V' || project_id, client_id, project_id, 90000, {day}, {sql.plus(day, 30)}, "
        f"CASE WHEN {n} % 40 <> 0 THEN {sql.plus(day, 20)} END "
        f"FROM projects WHERE {day} < {sql.ago(20)} AND {n} % 2 = 0"
    )
    sql.run(
        "INSERT INTO interactions (interaction_id, client_id, occurred_on, direction) "
        f"SELECT 'I' || project_id, client_id, {sql.plus('ordered_on', 3)}, 'in' FROM projects WHERE {n} % 3 = 1"
    )


def _activity(sql: Statements) -> None:
    sources = (
        ("projects", "project_id", "ordered_on", "project_ordered"),
        ("projects", "project_id", "delivered_on", "project_delivered"),
        ("quotes", "quote_id", "sent_on", "quote_sent"),
        ("quotes", "quote_id", "decided_on", "quote_decided"),
        ("feedback", "feedback_id", "given_on", "feedback_given"),
        ("interactions", "interaction_id", "occurred_on", "interaction_in"),
    )
    for table, source_id, day, kind in sources:
        sql.run(
            "INSERT INTO activity (client_id, kind, source_id, occurred_on) "
            f"SELECT client_id, '{kind}', {source_id}, {day} FROM {table} WHERE {day} IS NOT NULL"
        )


def _messages_of_projects(sql: Statements, touchpoint_id: str, touchpoint: Touchpoint) -> None:
    """One for each project whose occasion came due lately; on the day of delivery they were in their mails' order."""
    days = (add_months(sql.day, touchpoint.offset.months) - sql.day).days + touchpoint.offset.days
    fits = ["1 = 1"]
    if touchpoint.project_types:
        fits.append(f"type IN ({', '.join(repr(str(kind)) for kind in touchpoint.project_types)})")
    if touchpoint.value_below_cents is not None:
        fits.append(f"value_cents < {touchpoint.value_below_cents}")
    _messages(
        sql,
        touchpoint_id,
        occasion="project_id",
        due_on=sql.plus("delivered_on", days),
        source=f"projects WHERE delivered_on >= {sql.ago(DAYS_OF_MESSAGES + days)} "
        f"AND delivered_on < {sql.ago(days)} AND ({NUMBER} * 37 + {days}) % 101 >= {OPEN_OF_HUNDRED} "
        f"AND {' AND '.join(fits)}",
        purpose=touchpoint.purpose.value,
    )


def _other_messages(sql: Statements) -> None:
    """Of the last season, of tiers reached, of rejected quotes and of clients grown quiet."""
    is_extra = "project_id IN (SELECT MAX(project_id) FROM projects GROUP BY client_id HAVING COUNT(*) > 1)"
    season = sql.ago(170)
    _messages(sql, "seasonal", "'2025-09'", season, f"projects WHERE delivered_on < {sql.ago(500)}")
    for tier in ("zilver", "goud"):
        _messages(
            sql,
            "tier_upgrade",
            f"'{tier}'",
            "delivered_on",
            f"projects WHERE delivered_on < {sql.ago(1)} AND {is_extra}",
        )
    window = f"decided_on BETWEEN {sql.ago(DAYS_OF_MESSAGES)} AND {sql.ago(3)}"
    _messages(
        sql,
        "quote_rejected",
        "quote_id",
        sql.plus("decided_on", 2),
        f"quotes WHERE decision = 'rejected' AND {window}",
    )
    quiet = (
        "(SELECT client_id, MAX(occurred_on) AS latest FROM activity GROUP BY client_id) quiet "
        f"WHERE latest BETWEEN {sql.ago(181 + 40)} AND {sql.ago(181 + 3)}"
    )
    _messages(sql, "win_back", "CAST(latest AS text)", sql.plus("latest", 181), quiet, flow="win-back")


def _messages(
    sql: Statements,
    touchpoint_id: str,
    occasion: str,
    due_on: str,
    source: str,
    purpose: str = "marketing",
    flow: str = "daily",
) -> None:
    """One accepted message for each row of `source`; of forty, one that the provider refused."""
    sql.run(
        "INSERT INTO message_plans (message_id, client_id, recipient, touchpoint, occasion, flow, purpose, due_on, "
        "closes_on, segment, tier, subject) "
        f"SELECT '{touchpoint_id[:3]}' || due.occasion || due.client_id, due.client_id, clients.recipient, "
        f"'{touchpoint_id}', due.occasion, '{flow}', '{purpose}', due.due_on, {sql.plus('due.due_on', 14)}, "
        f"'overig', 'brons', 'Hoe staat het met uw project?' FROM "
        f"(SELECT DISTINCT client_id, {occasion} AS occasion, {due_on} AS due_on FROM {source}) AS due "
        "JOIN clients ON clients.client_id = due.client_id WHERE clients.recipient <> '' ON CONFLICT DO NOTHING"
    )
    sql.run(
        "INSERT INTO message_states (id, as_of, status, attempts) SELECT plans.id, plans.due_on, "
        "CASE WHEN clients.id_crc32 % 40 = 0 THEN 'rejected' ELSE 'accepted' END, 1 FROM message_plans AS plans "
        "JOIN clients ON clients.client_id = plans.client_id "
        "WHERE NOT EXISTS (SELECT 1 FROM message_states AS own WHERE own.id = plans.id)"
    )
