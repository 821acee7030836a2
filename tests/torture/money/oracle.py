"""What must be, written from the rules alone: slow, plain, and sharing no code with what it judges."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from tests.torture.money.world import Snapshot

# The table of the programme in euros, as it is printed for a check, and € 150 for each beyond.
TABLE = [0, 100, 200, 350, 450, 550, 775, 900, 1025, 1150, 1275, 1675, 1825]
HOLD = timedelta(days=14)
PAID_BEFORE = date(2026, 1, 1)


def total(n: int) -> int:
    """T(n) in cents."""
    return 100 * (TABLE[n] if n < len(TABLE) else TABLE[-1] + 150 * (n - len(TABLE) + 1))


class Judge:
    """Q, P and the commissions on one day."""

    def __init__(self, seen: Snapshot, day: date) -> None:
        self.seen = seen
        self.day = day
        self.clients = {row.client_id: row for row in seen.clients}
        self.flagged = {row.referral_id for row in seen.signups if row.flags}
        self.opened, self.last_booked = self._booked()

    def rewarded(self) -> dict[str, list[tuple[date, str]]]:
        """Q by referrer: (qualification date, referral id) in order."""
        found = defaultdict(list)
        for referral in self.seen.referrals:
            when = self.qualified_on(referral)
            kind = self.clients[referral.referrer_id].kind
            if when and not self.is_commission(referral) and kind != "architect":
                found[referral.referrer_id].append((when, referral.referral_id))
        return {referrer: sorted(own) for referrer, own in found.items()}

    def ready(self, referrer: str, own: list[tuple[date, str]]) -> list[tuple[date, str]]:
        """P of one referrer."""
        return [
            (when, each)
            for when, each in own
            if (referrer, each) in self.opened
            or (when + HOLD <= self.day and not (each in self.flagged and self.verdict(each) != "accept"))
        ]

    def commissions(self) -> dict[str, tuple[str, int, bool]]:
        """By project: partner, cents, and whether it may be released."""
        found: dict[str, list[Any]] = defaultdict(list)
        for referral in self.seen.referrals:
            if not (self.qualified_on(referral) and self.is_commission(referral)):
                continue
            last = referral.signed_up_on + relativedelta(months=24)
            for job in self.seen.projects:
                if (
                    job.client_id == referral.referred_client_id
                    and job.ordered_on >= referral.signed_up_on
                    and job.delivered_on
                    and job.delivered_on <= min(self.day, last)
                    and not (job.cancelled_on and job.cancelled_on <= self.day)
                ):
                    found[referral.referrer_id].append((job.delivered_on, job.project_id, job, referral))
        result = {}
        for partner, jobs in found.items():
            places: dict[int, int] = defaultdict(int)
            for when, project_id, job, referral in sorted(jobs, key=lambda each: each[:2]):
                places[when.year] += 1
                place = places[when.year]
                percent = 4 if place < 5 else 5 if place < 10 else 6
                cents = 0 if when < PAID_BEFORE else min(job.value_cents * percent // 100, 75_000)
                held = referral.referral_id in self.flagged and self.verdict(referral.referral_id) != "accept"
                result[project_id] = (partner, cents, when + HOLD <= self.day and not held)
        return result

    def is_commission(self, referral: Any) -> bool:
        since = self.clients[referral.referrer_id].partner_since
        return bool(since and referral.signed_up_on and referral.signed_up_on >= since)

    def verdict(self, referral_id: str) -> str | None:
        own = [
            (row.day, row.id, row.verdict)
            for row in self.seen.referral_reviews
            if row.referral_id == referral_id and row.day <= self.day
        ]
        return max(own)[2] if own else None

    def qualified_on(self, referral: Any) -> date | None:
        if not self._meets_three(referral) or self.verdict(referral.referral_id) == "reject":
            return None
        rivals = [
            (other.signed_up_on, other.referral_id)
            for other in self.seen.referrals
            if other.referred_client_id == referral.referred_client_id
            and self._meets_three(other)
            and self.verdict(other.referral_id) != "reject"
        ]
        if min(rivals)[1] != referral.referral_id:
            return None
        days = [
            job.delivered_on
            for job in self.seen.projects
            if job.client_id == referral.referred_client_id
            and job.delivered_on
            and referral.signed_up_on <= job.delivered_on <= self.day
            and not (job.cancelled_on and job.cancelled_on <= self.day)
        ]
        return min(days, default=None)

    def _meets_three(self, referral: Any) -> bool:
        friend = self.clients.get(referral.referred_client_id)
        if friend is None or referral.signed_up_on is None or referral.signed_up_on > self.day:
            return False
        if not referral.invited_on <= referral.signed_up_on <= referral.invited_on + timedelta(days=180):
            return False
        referrer = self.clients[referral.referrer_id]
        if friend.client_id == referrer.client_id or (friend.recipient and friend.recipient == referrer.recipient):
            return False
        return not any(
            job.ordered_on < referral.signed_up_on for job in self.seen.projects if job.client_id == friend.client_id
        )

    def _booked(self) -> tuple[set[tuple[str, str]], dict[str, str]]:
        """Opened and not reversed since, as (referrer, referral); and who was booked last for each referral."""
        opened, last = set(), {}
        for entry in self.seen.ledger_entries:
            if entry.day > self.day:
                continue
            if entry.kind == "opening":
                opened.add((entry.referrer_id, entry.referral_id))
            if entry.kind == "reverse":
                opened.discard((entry.referrer_id, entry.referral_id))
            if entry.kind in ("opening", "qualify"):
                last[entry.referral_id] = entry.referrer_id
        return opened, last


def rewards(seen: Snapshot, day: date) -> list[tuple[Any, ...]]:
    """Every row of `bouwclub rewards`, in order."""
    judge = Judge(seen, day)
    q = judge.rewarded()
    booked = {
        each: who for each, who in judge.last_booked.items() if not any(each == r for own in q.values() for _, r in own)
    }
    lines = {line.end_to_end_id: line for line in seen.settlement_lines}
    rows = []
    for referrer in sorted({*q, *booked.values()}):
        confirmed, transit = 0, 0
        kinds: dict[str, set[str]] = defaultdict(set)  # by line: what happened to it by that day
        for entry in seen.ledger_entries:
            if entry.referrer_id != referrer or entry.day > day:
                continue
            if entry.kind == "opening":
                confirmed += next(
                    leg.amount_cents for leg in seen.ledger_legs if leg.entry_id == entry.id and leg.account == "bank"
                )
            if entry.end_to_end_id in lines and lines[entry.end_to_end_id].kind == "reward":
                kinds[entry.end_to_end_id].add(entry.kind)
        for each, seen_of in kinds.items():
            own = lines[each].amount_cents - lines[each].adjust_cents
            confirmed += own if "paid" in seen_of and "returned" not in seen_of else 0
            transit += own if "reserve" in seen_of and not seen_of & {"paid", "void", "rejected"} else 0
        ready = [each for _, each in judge.ready(referrer, q.get(referrer, []))]
        for n, (when, each) in enumerate(q.get(referrer, []), start=1):
            state = "pending"
            if each in ready:
                due = total(ready.index(each) + 1)
                state = "paid" if confirmed >= due else "in_transit" if confirmed + transit >= due else "payable"
            bonus = {3: 5_000, 6: 10_000, 11: 25_000}.get(n, 0)
            rows.append((each, referrer, when, n, total(n) - total(n - 1) - bonus, bonus, when + HOLD, state))
        gone = sorted(each for each, who in booked.items() if who == referrer)
        rows += [(each, referrer, None, None, 0, 0, None, "reversed") for each in gone]
    return rows
