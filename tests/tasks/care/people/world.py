"""A random but repeatable base for the tasks of people, and what the rules of care 8.2 say of it, plainly.

The twin reads whole tables and loops over everybody: it shares no query with the code under test.
"""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select

from models import present, tables
from models.database.bulk import insert_rows
from models.database.clock import aware
from models.database.engine import reading, writing
from programme.care.tick import Tick
from programme.facts.records import Client, Recipient
from programme.rules.due import due_occasions
from programme.rules.groups import tiers
from programme.rules.recipient_day import RecipientDay
from programme.words.dates import day_in_amsterdam
from programme.words.naming.names import says_death
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.tracked_mails import read_tracked_mails
from tests.tasks.histories import History
from tests.tasks.tracked import store_mails

CLIENTS = 300
TOPICS = ("overdracht", " OVERDRACHT ", "Overdracht", "planning", None, "overdrachtelijk")
NAMES = (
    "Anna Bakker",
    "Anna Bakker",
    "Wijlen J. de Boer",
    "P. Smit (overleden)",
    "Overledingen B.V.",
    "K. Bos †",
    "Erven K. Bos",
    "P. van Erven",
)


def store(engine: Engine, seed: int, day: date) -> None:
    """Clients with every kind of cause around `day`."""
    history, pick = History(seed, CLIENTS, day), random.Random(seed)
    rows = history.rows
    for client in rows["clients"]:
        client["channel"] = pick.choice(["email", "email", "phone", "post"])
        client["phone"] = pick.choice(["0612345678", "0612345678", None, ""])
        client["phone_consent"] = pick.choice([True, True, None, False])
        client["name"] = pick.choice(NAMES)
    for quote in rows["quotes"]:
        quote["value_cents"] = pick.choice([199_999, 200_000, 500_000, None])
    for invoice in rows["invoices"]:
        invoice["due_on"] = day - timedelta(days=pick.randint(-3, 45))
        invoice["paid_on"] = pick.choice([None, None, None, day - timedelta(days=1), day + timedelta(days=1)])
    for number, project in enumerate(rows["projects"][:24]):  # of clients who have been quiet since
        quiet = dict(rows["clients"][number], client_id=f"Q{number:03d}", recipient=f"q{number // 2}@stil.nl")
        rows["clients"].append(quiet | {"channel": pick.choice(["phone", "phone", "post", "email"]), "consent": "yes"})
        done_on = day - timedelta(days=pick.choice([175, 182, 185, 200, 230]))
        own = {"project_id": f"PQ{number}", "client_id": quiet["client_id"], "delivered_on": done_on}
        rows["projects"].append(project | own | {"ordered_on": done_on, "cancelled_on": None})
    history.store(engine)
    with writing(engine) as connection:
        store_mails(connection, pick, [row for row in rows["clients"] if row["recipient"]][:90], day)
        _store_contacts(connection, pick, rows["clients"], day)
        _store_answers(connection, pick, rows["projects"], day)
        _store_cases(connection, pick, rows["clients"], day)
        for client in pick.sample(rows["clients"], 10):
            gone: dict[str, Any] = pick.choice([{"erased_on": day, "recipient": ""}, {"held_on": day}])
            is_one = tables.clients.c.client_id == client["client_id"]
            connection.execute(tables.clients.update().where(is_one).values(**gone))


def _moment(pick: random.Random, day: date) -> datetime:
    return datetime.combine(day, time(pick.choice([5, 6, 6, 7, 9]), 0), UTC)


def _store_contacts(connection: Connection, pick: random.Random, clients: list[dict[str, Any]], day: date) -> None:
    rows = []
    for number in range(700):
        on = day - timedelta(days=pick.choice([-1, 0, 0, 1, 5, 28, 29, 30, 31]))
        at = _moment(pick, on) if pick.random() < 0.5 else None
        owner = pick.choice(clients[:40] if pick.random() < 0.5 else clients)
        rows.append(
            (f"I{number}", owner["client_id"], on, pick.choice(["in", "in", "in", "out"]), pick.choice(TOPICS), at)
            + (pick.random() < 0.1, "import")
        )
    columns = ("interaction_id", "client_id", "occurred_on", "direction", "topic", "occurred_at", "is_reply", "origin")
    insert_rows(connection, tables.interactions, columns, rows)


def _store_answers(connection: Connection, pick: random.Random, projects: list[dict[str, Any]], day: date) -> None:
    log, given = [], []
    for number, project in enumerate(pick.sample(projects, 60)):
        message_id, on = f"b{number:031x}", day - timedelta(days=pick.choice([-1, 0, 1, 30, 31]))
        occasion = project["project_id"] if pick.random() < 0.7 else f"X{number}"
        log.append(
            (message_id, project["client_id"], "a@b.nl", "permit_check", occasion, "daily", "service", on, on, on)
        )
        for choice in pick.choice([("vragen",), ("akkoord", "geweigerd"), ("akkoord",), ("vragen", "vragen")]):
            handled_at = _moment(pick, on) if pick.random() < 0.1 else None
            asks = choice != "akkoord"
            given.append((message_id, project["client_id"], "permit", choice, _moment(pick, on), on, asks, handled_at))
    of_log = ("message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "as_of")
    rows = [(*row, "accepted", 1) for row in log]
    insert_rows(connection, tables.messages, (*of_log, "due_on", "closes_on", "status", "attempts"), rows)
    columns = ("message_id", "client_id", "question", "answer", "answered_at", "answered_on", "needs_contact")
    insert_rows(connection, tables.answers, (*columns, "handled_at"), given)


def _store_cases(connection: Connection, pick: random.Random, clients: list[dict[str, Any]], day: date) -> None:
    at = _moment(pick, day - timedelta(days=3))
    rows = [
        (f"F{number}", client["client_id"], "minor", f"F{number}", pick.choice(["open", "resolved"]), at, at, 0)
        for number, client in enumerate(pick.sample(clients, 25))
    ]
    columns = ("case_id", "client_id", "severity", "root", "state", "given_at", "opened_at", "missed")
    insert_rows(connection, tables.cases, columns, rows)


class Twin:
    """What care 8.2 says of the base at a tick, from all rows in memory."""

    def __init__(self, engine: Engine, tick: Tick) -> None:
        self.tick, self.day, self.programme = tick, tick.day, tick.programme
        self.first = self.day - timedelta(days=30)
        with reading(engine) as connection:
            ids = [row.client_id for row in self._all(connection, present.clients)]
            self.recipients = read_recipients(connection, self.programme, ids, self.day)
            self.mails = read_tracked_mails(connection, [each.address for each in self.recipients])
            self.clients = {row.client_id: row for row in self._all(connection, present.clients)}
            self.contacts = self._all(connection, present.interactions)
            self.answers = self._all(connection, tables.answers)
            self.occasions = {row.message_id: row.occasion for row in self._all(connection, tables.messages)}
            self.tasks = self._all(connection, tables.people_tasks)
            self.told = self._all(connection, tables.care_lines)
            self.cases = self._all(connection, tables.cases)
            self.covered = {row.invoice_id for row in self._all(connection, tables.task_invoices)}
        self.causes = {(row.kind, row.cause) for row in self.tasks} | {
            (row.task_id.split(":")[0], row.task_id.split(":")[-1]) for row in self.told if row.did == "no_way"
        }
        self.ids = {row.task_id for row in self.tasks} | {row.task_id for row in self.told if row.did == "no_way"}
        self.held = {self._person(row.client_id) for row in self.cases if row.state == "open"}

    @staticmethod
    def _all(connection: Connection, table: Any) -> list[Any]:
        return list(connection.execute(select(table)))

    def _person(self, client_id: str) -> str:
        row = self.clients.get(client_id)
        return row.recipient if row is not None and row.recipient else f"id {client_id}"

    def prompt(self) -> set[tuple[str, str]]:
        """(task id, channel) of what the tick must make at once."""
        found = set()
        for row in self.answers:
            on_time = self.first <= row.answered_on and aware(row.answered_at) <= self.tick.at
            if row.needs_contact and row.handled_at is None and on_time and self._is_there(row.client_id):
                found.add((f"contact_asked:{row.client_id}:{row.message_id}", "phone"))
        for row in self._inbound(30):
            if row.is_reply:
                found.add((f"reply:{row.client_id}:{row.interaction_id}", "work"))
            if (row.topic or "").strip().lower() == "overdracht":
                found.add((f"handover:{row.client_id}:{row.interaction_id}", "phone"))
        for client_id, row in self.clients.items():
            if says_death(row.name) and row.erased_on is None:
                found.add((f"look:{client_id}:{client_id}", "phone"))
        return {(task_id, channel) for task_id, channel in found if task_id not in self.ids}

    def daily(self) -> set[tuple[str, str]]:
        """(task id, channel) of what the look must make; channel "" for what has no way."""
        found = set(self._many_contacts())
        for recipient in self.recipients:
            day = RecipientDay(self.programme, recipient, self.day)
            found |= set(self._channel_changes(recipient, day))
            for client in recipient.clients:
                if client.is_erased or self._person(client.client_id) in self.held:
                    continue
                found |= set(self._of_client(recipient, day, client))
        return found

    def _is_there(self, client_id: str) -> bool:
        row = self.clients.get(client_id)
        return row is not None and row.erased_on is None

    def _inbound(self, days: int) -> list[Any]:
        return [
            row
            for row in self.contacts
            if self.day - timedelta(days=days) <= row.occurred_on <= self.day
            and (row.occurred_at is None or aware(row.occurred_at) <= self.tick.at)
            and row.direction == "in"
            and self._is_there(row.client_id)
        ]

    def _had_lately(self, kind: str, person: str, days: int) -> bool:
        since = self.day - timedelta(days=days - 1)
        made = [(row.client_id, row.made_at, row.state) for row in self.tasks if row.kind == kind]
        made += [
            (row.task_id.split(":")[1], row.at, "")
            for row in self.told
            if row.did == "no_way" and row.task_id.startswith(f"{kind}:")
        ]
        return any(
            self._person(client_id) == person and (state == "open" or day_in_amsterdam(aware(at)) >= since)
            for client_id, at, state in made
        )

    def _many_contacts(self) -> Any:
        by_person = defaultdict(list)
        for row in self._inbound(29):
            by_person[self._person(row.client_id)].append(row)
        for person, rows in by_person.items():
            if len(rows) > 5 and person not in self.held and not self._had_lately("many_contacts", person, 30):
                last = max(row.occurred_on for row in rows)
                owner = min(row.client_id for row in rows if row.occurred_on == last)
                yield f"many_contacts:{owner}:{self.day}", "phone"

    def _of_client(self, recipient: Recipient, day: RecipientDay, client: Client) -> Any:
        own = client.client_id
        yield from self._overdue(client)
        build = self.programme.touchpoints["build_check"]
        for project in client.projects:
            if project.delivered_on is None or project.delivered_on > self.day:
                continue
            due_on = build.offset.after(project.delivered_on)
            is_open = due_on <= self.day <= due_on + timedelta(days=build.grace_days)
            stands = project.cancelled_on is None or project.cancelled_on > self.day
            is_wanted = project.value_cents > 200_000 or client.channel == "phone"
            if is_open and stands and is_wanted and ("build_check", project.project_id) not in self.causes:
                yield f"build_check:{own}:{project.project_id}", "phone"
        if not self._may_market(day, client):
            return
        for quote in client.quotes:
            decided_on = quote.decided_on if quote.decision == "rejected" else None
            if decided_on is None or not self.first <= decided_on <= self.day:
                continue
            is_large = (quote.value_cents or 0) >= 200_000
            is_new = ("exit_call", quote.quote_id) not in self.causes
            if is_large and is_new and not self._ordered_since(client, decided_on):
                yield f"exit_call:{own}:{quote.quote_id}", self._way(recipient, client)
        if client.channel in ("phone", "post"):
            for due in due_occasions(self.programme, "win_back", client, recipient, self.day):
                task_id = f"win_back_call:{own}:{due.occasion}"
                if task_id not in self.ids:
                    yield task_id, self._way(recipient, client, client.channel == "post")

    def _overdue(self, client: Client) -> Any:
        has_one = any(
            row.kind == "overdue_invoice" and row.state == "open" and row.client_id == client.client_id
            for row in self.tasks
        )
        if has_one or tiers.tier_rank(self.programme, client, self.day) < 1:
            return
        late = [
            (invoice.due_on, invoice.invoice_id)
            for invoice in client.invoices
            if (invoice.paid_on is None or invoice.paid_on > self.day)
            and self.first <= invoice.due_on + timedelta(days=7) <= self.day
            and invoice.invoice_id not in self.covered
        ]
        if late:
            yield f"overdue_invoice:{client.client_id}:{min(late)[1]}", "phone"

    def _channel_changes(self, recipient: Recipient, day: RecipientDay) -> Any:
        if not recipient.address or recipient.address in self.held:
            return
        until = self.day - timedelta(days=3)
        mails = sorted(
            (mail.delivered_at, mail.message_id, mail.client_id, mail.opened_at)
            for mail in self.mails.get(recipient.address, [])
            if day_in_amsterdam(mail.delivered_at) <= until
        )[-3:]
        if len(mails) < 3 or any(opened and day_in_amsterdam(opened) <= self.day for *_, opened in mails):
            return
        delivered_at, message_id, owner, _ = mails[-1]
        if day_in_amsterdam(delivered_at) < self.first or self._had_lately("channel_change", recipient.address, 180):
            return
        present_ids = sorted(client.client_id for client in recipient.clients if not client.is_erased)
        if not present_ids:
            return
        client = recipient.client(owner if owner in present_ids else present_ids[0])
        if self._may_market(day, client):
            yield f"channel_change:{client.client_id}:{message_id}", self._way(recipient, client)

    def _may_market(self, day: RecipientDay, client: Client) -> bool:
        refuses = any(each.consent == "no" for each in day.recipient.clients)
        stopped = day.is_suppressed or day.has_open_case or day.owes_an_invoice
        return not (refuses or stopped or client.is_erased or says_death(client.name))

    def _way(self, recipient: Recipient, client: Client, by_post: bool = False) -> str:
        said = [each.phone_consent for each in recipient.clients]
        phone = self.clients[client.client_id].phone
        if not by_post and phone and True in said and False not in said:
            return "phone"
        standing = [p for p in client.projects if not (p.cancelled_on and p.cancelled_on <= self.day)]
        has_place = any(p.ordered_on <= self.day and p.address and p.postcode for p in standing)
        return "letter" if has_place else ""

    def _ordered_since(self, client: Client, day: date) -> bool:
        return any(
            day <= project.ordered_on <= self.day and not (project.cancelled_on and project.cancelled_on <= self.day)
            for project in client.projects
        )
