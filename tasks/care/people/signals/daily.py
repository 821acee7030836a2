"""The signals of the daily look: SQL finds who may have one, the rules of programme.care.signals say who does."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from models.database.bulk import batches
from models.database.given import in_values
from models.present import clients
from programme.care.signals import (
    Reach,
    Signal,
    SignalKind,
    build_checks,
    marketing_means,
    may_market,
    overdue_invoices,
    rejected_quotes,
    unopened_mail,
    win_backs,
)
from programme.care.tick import Tick
from programme.facts.records import Client
from programme.rules.recipient_day import RecipientDay, day_of
from programme.words.dates import midnight_in_amsterdam
from programme.words.naming.names import says_death
from programme.words.states import Channel
from tasks.care.people.signals import candidates
from tasks.care.people.signals.known import (
    Held,
    covered_invoices,
    known_causes,
    known_ids,
    made_since,
    read_held,
)
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.tracked_mails import read_tracked_mails

JUDGED_AT_ONCE = 2_000  # clients whose facts are in memory


def daily_signals(connection: Connection, tick: Tick) -> list[Signal]:
    """Every signal of the day that has no task, by task id; those without means have nobody who may do them.

    A recipient with an open case that care follows has none: what waits is looked at again every working day.
    """
    look = _Look(connection, tick, read_held(connection))
    found = [
        *look.many_contacts(),
        *look.overdue_invoices(),
        *look.of_each(SignalKind.BUILD_CHECK, candidates.building_clients, _build_checks),
        *look.of_each(SignalKind.EXIT_CALL, candidates.rejecting_clients, _exit_calls),
        *look.channel_changes(),
        *look.of_each(SignalKind.WIN_BACK_CALL, candidates.quiet_clients, _win_back_calls),
    ]
    return sorted(found, key=lambda signal: signal.task_id)


class ClientSeen(NamedTuple):
    """One client on the day of the look."""

    reach: Reach
    client: Client

    @property
    def day(self) -> RecipientDay:
        """The recipient on that day."""
        return self.reach.day


def _build_checks(seen: ClientSeen) -> Iterator[Signal]:
    for project in build_checks(seen.day, seen.client):
        yield Signal(SignalKind.BUILD_CHECK, seen.client.client_id, project.project_id, project_id=project.project_id)


def _exit_calls(seen: ClientSeen) -> Iterator[Signal]:
    for quote in rejected_quotes(seen.day.programme, seen.client, seen.day.as_of):
        yield from _marketing(SignalKind.EXIT_CALL, seen, quote.quote_id)


def _win_back_calls(seen: ClientSeen) -> Iterator[Signal]:
    for occasion in win_backs(seen.day, seen.client):
        yield from _marketing(SignalKind.WIN_BACK_CALL, seen, occasion, seen.client.channel == Channel.POST)


def _marketing(kind: SignalKind, seen: ClientSeen, cause: str, prefers_post: bool = False) -> Iterator[Signal]:
    if may_market(seen.day, seen.client) and not says_death(seen.client.name):
        means = marketing_means(seen.reach, seen.client, prefers_post)
        yield Signal(kind, seen.client.client_id, cause, means)


@dataclass
class _Look:
    """One look at everybody; `held` are those whom an open case holds back."""

    connection: Connection
    tick: Tick
    held: Held

    def of_each(
        self,
        kind: SignalKind,
        find: Callable[[Connection, Tick], set[str]],
        judge: Callable[[ClientSeen], Iterator[Signal]],
    ) -> Iterator[Signal]:
        """The signals of a kind whose cause is an id of its own, or a day of the client's."""
        found = [signal for seen in self._seen(find(self.connection, self.tick)) for signal in judge(seen)]
        known = self._known(kind, found)
        yield from (signal for signal in found if signal.task_id not in known)

    def many_contacts(self) -> Iterator[Signal]:
        """One for a recipient, and none while he has one or had one lately."""
        terms, kind = self.tick.programme.signals.many_contacts, SignalKind.MANY_CONTACTS
        busy = self._busy(kind, terms.within_days)
        found = [client_id for client_id, _ in candidates.contacting_recipients(self.connection, self.tick)]
        recipients = recipients_of(self.connection, found)
        for client_id in found:
            own = recipients.get(client_id, "")
            if not busy.holds(own, client_id) and not self.held.holds(own, client_id):
                yield Signal(kind, client_id, self.tick.day.isoformat())

    def overdue_invoices(self) -> Iterator[Signal]:
        """One for a client, about all invoices that no task covered, and none while one is open."""
        kind, day = SignalKind.OVERDUE_INVOICE, self.tick.day
        busy = {each.client_id for each in made_since(self.connection, kind, self.tick.at) if each.is_open}
        for seen in self._seen(candidates.overdue_clients(self.connection, self.tick) - busy):
            own = [each.invoice_id for each in overdue_invoices(self.tick.programme, seen.client, day)]
            covered = covered_invoices(self.connection, own)
            open_ones = tuple(invoice_id for invoice_id in own if invoice_id not in covered)
            if open_ones and not seen.client.is_erased:
                yield Signal(kind, seen.client.client_id, open_ones[0], covers=open_ones)

    def channel_changes(self) -> Iterator[Signal]:
        """One for a recipient, and none while he has one or had one lately."""
        terms, kind = self.tick.programme.signals.channel_change, SignalKind.CHANNEL_CHANGE
        busy = self._busy(kind, terms.pause_days)
        found = [
            address
            for address in candidates.unreading_recipients(self.connection, self.tick)
            if address not in busy.recipients and address not in self.held.recipients
        ]
        for part in batches(found, JUDGED_AT_ONCE):
            mails = read_tracked_mails(self.connection, part)
            own = clients.c
            is_theirs = in_values(own.recipient, part)
            ids = set(self.connection.scalars(select(own.client_id).where(is_theirs)))
            for seen in self._seen(ids):
                newest = unopened_mail(seen.day, mails.get(seen.day.recipient.address, []))
                if newest and newest[0] == seen.client.client_id:
                    signals = list(_marketing(kind, seen, newest[1].message_id))
                    known = self._known(kind, signals)
                    yield from (signal for signal in signals if signal.task_id not in known)

    def _seen(self, client_ids: Iterable[str]) -> Iterator[ClientSeen]:
        """These clients with their facts, in parts; those held back by an open case are left out."""
        for ids in batches(sorted(client_ids), JUDGED_AT_ONCE):
            asked = set(ids)
            recipients = read_recipients(self.connection, self.tick.programme, ids, self.tick.day)
            phones = read_phones(self.connection, ids)
            for recipient in recipients:
                reach = Reach(day_of(self.tick.programme, recipient, self.tick.day), phones)
                for client in recipient.clients:
                    if client.client_id in asked and not self.held.holds(client.recipient, client.client_id):
                        yield ClientSeen(reach, client)

    def _busy(self, kind: SignalKind, days: int) -> Held:
        """Who has an open task of this kind, or had one made on D − (days − 1) … D."""
        since = midnight_in_amsterdam(self.tick.day - timedelta(days=days - 1))
        made = {each.client_id for each in made_since(self.connection, kind, since)}
        recipients = recipients_of(self.connection, made)
        return Held(frozenset(address for address in recipients.values() if address), frozenset(made))

    def _known(self, kind: SignalKind, signals: list[Signal]) -> set[str]:
        """Of these signals the ids of tasks that there were, or for which there was no way."""
        ids = [signal.task_id for signal in signals]
        if kind is SignalKind.WIN_BACK_CALL:
            return known_ids(self.connection, ids)
        causes = known_causes(self.connection, kind, [signal.cause for signal in signals])
        return {signal.task_id for signal in signals if signal.cause in causes}


def recipients_of(connection: Connection, client_ids: Iterable[str]) -> dict[str, str]:
    """The present recipient of each client; a client whom the export no longer has is absent."""
    own, found = clients.c, {}
    for ids in batches(sorted(client_ids), JUDGED_AT_ONCE):
        is_one = in_values(own.client_id, ids)
        rows = connection.execute(select(own.client_id, own.recipient).where(is_one)).all()
        found.update({row.client_id: row.recipient for row in rows})
    return found


def read_phones(connection: Connection, client_ids: list[str]) -> frozenset[str]:
    """Those of the clients of whom we have a phone number."""
    own = clients.c
    query = select(own.client_id, own.phone).where(in_values(own.client_id, client_ids))
    return frozenset(row.client_id for row in connection.execute(query) if (row.phone or "").strip())
