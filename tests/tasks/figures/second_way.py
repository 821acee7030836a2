"""The report worked out a second time, in pandas and plain loops over whole tables: what the SQL is compared with.

Nothing of programme/figures or tasks/figures is used here; rates come from the textbook's formula in this file.
"""

import calendar
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil, sqrt
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Engine

from programme.terms.schema import Programme

FACTS = ("clients", "projects", "quotes", "interactions", "feedback", "referrals")
LOGS = ("activity", "messages", "events", "answers", "decisions")
ASKING = {"feedback_request", "check_in", "permit_check", "build_check", "review_reminder", "quote_rejected"}
Z = 1.959964


def months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def rate(k: int, n: int, small_n: int = 20) -> dict[str, Any]:
    found: dict[str, Any] = {"k": int(k), "n": int(n), "rate": None, "low": None, "high": None}
    if n:
        p, z2 = k / n, Z**2
        middle, half = p + z2 / (2 * n), Z * sqrt((p * (1 - p) + z2 / (4 * n)) / n)
        low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
        found |= {"rate": round(p, 6), "low": abs(round(low, 6)), "high": round(min(high, 1), 6)}
    return found | ({"small": True} if n < small_n else {})


class Data:
    """The tables as frames, with a column `person` where a client is named; rows that are held are left out."""

    def __init__(self, engine: Engine, by: str) -> None:
        self.frames = {name: pd.read_sql_table(name, engine) for name in (*FACTS, *LOGS)}
        for name in FACTS:
            frame = self.frames[name]
            self.frames[name] = frame[frame["held_on"].isna()]
        for frame in self.frames.values():
            for column in frame.columns:
                if column.endswith("_on") or column == "as_of":
                    frame[column] = (
                        pd.to_datetime(frame[column]).dt.date.astype(object).where(frame[column].notna(), None)
                    )
        clients = self.frames["clients"]
        smallest = clients[clients["recipient"] != ""].groupby("recipient")["client_id"].min()
        self.circle = {
            row.client_id: smallest[row.recipient] if row.recipient else row.client_id for row in clients.itertuples()
        }
        self.person = self.circle if by == "recipient" else {each: each for each in self.circle}

    def rows(self, name: str, client: str = "client_id") -> list[Any]:
        """The rows whose client is there."""
        return [row for row in self.frames[name].itertuples() if getattr(row, client) in self.person]


def purchases_of(data: Data, as_of: date) -> pd.DataFrame:
    """One row a purchase: person, day, cents, is_delivered."""
    rows = [
        (
            data.person[row.client_id],
            row.ordered_on,
            row.value_cents,
            bool(row.delivered_on and row.delivered_on <= as_of),
        )
        for row in data.rows("projects")
        if row.ordered_on <= as_of and not (row.cancelled_on and row.cancelled_on <= as_of)
    ]
    return pd.DataFrame(rows, columns=["person", "day", "cents", "is_delivered"])


def occasions_of(data: Data, as_of: date) -> pd.DataFrame:
    grouped = purchases_of(data, as_of).groupby(["person", "day"], as_index=False)
    found = grouped.agg(cents=("cents", "sum"), is_delivered=("is_delivered", "max")).sort_values(["person", "day"])
    found["place"] = found.groupby("person").cumcount() + 1
    return found


def customers_of(occasions: pd.DataFrame) -> dict[str, list[tuple[date, int, bool]]]:
    found: dict[str, list[tuple[date, int, bool]]] = defaultdict(list)
    for row in occasions.itertuples():
        found[row.person].append((row.day, int(row.cents), bool(row.is_delivered)))
    return found


def active_at(data: Data, day: date) -> set[str]:
    """The circles with an activity in the 12 months to the day."""
    withdrawn = set(data.frames["activity"]["retracts"].dropna().astype(int))
    return {
        data.circle[row.client_id]
        for row in data.rows("activity")
        if pd.isna(row.retracts) and row.id not in withdrawn and months_on(day, -12) < row.occurred_on <= day
    }


def kaplan_meier(times: list[tuple[int, bool]]) -> list[list[Any]]:
    """By the book: for each day with an event, who is still there, and what is left."""
    steps, left, summed = [], 1.0, 0.0
    for day in sorted({time for time, is_event in times if is_event}):
        at_risk = sum(time >= day for time, _ in times)
        events = sum(time == day and is_event for time, is_event in times)
        left *= (at_risk - events) / at_risk
        summed += events / (at_risk * (at_risk - events)) if at_risk > events else 0
        steps.append([day, at_risk, events, round(left, 6), round(left * sqrt(summed), 6)])
    return steps


def curve_of(customers: dict[str, list[Any]], as_of: date, quarter: str | None = None) -> list[list[Any]]:
    chosen = [days for days in customers.values() if quarter in (None, name_of(days[0][0], "quarter"))]
    return kaplan_meier(
        [
            ((days[1][0] if len(days) > 1 else as_of).toordinal() - days[0][0].toordinal(), len(days) > 1)
            for days in chosen
        ]
    )


def name_of(day: date, period: str) -> str:
    return f"{day:%Y-%m}" if period == "month" else f"{day.year:04d}Q{(day.month + 2) // 3}"


def referrers_of(data: Data, as_of: date) -> set[str]:
    return {data.person[row.referrer_id] for row in data.rows("referrals", "referrer_id") if row.invited_on <= as_of}


def nps_of(data: Data, as_of: date) -> dict[str, Any]:
    scores = sorted(
        (data.person[row.client_id], row.given_on, row.feedback_id, row.score)
        for row in data.rows("feedback")
        if row.kind == "nps" and not pd.isna(row.score) and months_on(as_of, -12) < row.given_on <= as_of
    )
    latest = {person: score for person, _, _, score in scores}.values()
    n, up, down = len(latest), sum(each >= 9 for each in latest), sum(each <= 6 for each in latest)
    found = {"value": None, "n": n, "promoters": up, "detractors": down, "low": None, "high": None}
    if n:
        p, d, total = (up + 0.75) / (n + 2.25), (down + 0.75) / (n + 2.25), n + 2.25
        half = 100 * Z * sqrt((p + d - (p - d) ** 2) / total)
        low, high = max(100 * (p - d) - half, -100), min(100 * (p - d) + half, 100)
        found |= {"value": round(100 * (up - down) / n, 4), "low": round(low, 4), "high": round(high, 4)}
    return found


def mails_of(data: Data, as_of: date) -> list[dict[str, Any]]:
    """Each message of the year that was to be a mail, with what became of it."""
    told: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for row in data.frames["events"].itertuples():
        moment = row.occurred_at.tz_localize("UTC") if row.occurred_at.tzinfo is None else row.occurred_at
        if moment.astimezone(ZoneInfo("Europe/Amsterdam")).date() <= as_of:
            told[row.message_id].add((row.kind, bool(row.is_machine)))
    answered = {row.message_id for row in data.frames["answers"].itertuples() if row.answered_on <= as_of}
    found = []
    for row in data.rows("messages"):
        if not months_on(as_of, -12) < row.as_of <= as_of or row.status in ("superseded", "repeated", "held_out"):
            continue
        kinds = {kind for kind, _ in told[row.message_id]}
        is_delivered = bool(kinds & {"delivered", "opened"})
        is_tracked = is_delivered and row.is_tracked is not None and bool(row.is_tracked)
        found.append(
            {
                "row": row,
                "key": (row.touchpoint, row.occasion if row.flow == "campaign" else None),
                "accepted": row.status == "accepted",
                "delivered": is_delivered,
                "tracked": is_tracked,
                "opened": is_tracked and ("opened", False) in told[row.message_id],
                "answered": row.message_id in answered,
            }
        )
    return found


def figures_of(data: Data, as_of: date, programme: Programme) -> dict[str, dict[str, Any]]:
    customers, referrers = customers_of(occasions_of(data, as_of)), referrers_of(data, as_of)
    delivered = {who for who, days in customers.items() if any(each[2] for each in days)}
    twice = [days for days in customers.values() if len(days) > 1]
    gaps = [(days[1][0] - days[0][0]).days for days in twice]
    curve = curve_of(customers, as_of)
    then, now = active_at(data, months_on(as_of, -12)), active_at(data, as_of)
    everyone = [who for who, person in data.person.items() if who == person]
    were = [who for who in everyone if data.circle[who] in then]
    old = [who for who, days in customers.items() if days[0][0] <= months_on(as_of, -12)]
    old_active = [who for who in old if data.circle[who] in then]
    mails = mails_of(data, as_of)
    asking = [mail for mail in mails if mail["delivered"] and mail["row"].touchpoint in ASKING]
    tracked = [mail for mail in mails if mail["tracked"]]
    return {
        "repeat_customer_rate": rate(
            sum(sum(each[2] for each in days) >= 2 for days in customers.values()), len(delivered)
        ),
        "months_to_repeat": {
            "value": round(sum(gaps) / len(gaps) / 30.4375, 4) if gaps else None,
            "n": len(gaps),
            "quartile_days": next((step[0] for step in curve if step[3] <= 0.75), None),
            "median_days": next((step[0] for step in curve if step[3] <= 0.5), None),
        },
        "nps": nps_of(data, as_of),
        "referral_rate": rate(len(delivered & referrers), len(delivered)),
        "churn_rate": rate(sum(data.circle[who] not in now for who in were), len(were)),
        "email_engagement": rate(sum(mail["opened"] for mail in tracked), len(tracked)),
        "answer_rate": rate(sum(mail["answered"] for mail in asking), len(asking)),
        "retention_rate": rate(sum(data.circle[who] in now for who in old_active), len(old_active))
        | {"came_back": sum(data.circle[who] in now - then for who in old)},
    }


def value_of(data: Data, as_of: date, programme: Programme) -> dict[str, Any]:
    occasions, terms = occasions_of(data, as_of), programme.figures
    customers = customers_of(occasions)
    size, number, cents = len(customers), len(occasions), int(occasions["cents"].sum())
    sums = sorted((sum(each[1] for each in days) for days in customers.values()), reverse=True)
    old = [days for days in customers.values() if (as_of - days[0][0]).days >= terms.repurchase_days]
    soon = [days for days in old if len(days) > 1 and (days[1][0] - days[0][0]).days <= terms.repurchase_days]
    years = sum(max((as_of - days[0][0]).days / 365.25, 1) for days in customers.values())
    average = cents / number if number else None
    simple = average * (number / size) * terms.gross_margin if number else None
    historic = {}
    for months in (12, 24, 36):
        chosen = [days for days in customers.values() if months_on(days[0][0], months) <= as_of]
        total = sum(each[1] for days in chosen for each in days if each[0] <= months_on(days[0][0], months))
        historic[str(months)] = {"n": len(chosen), "cents": round(total / len(chosen), 4) if chosen else None}

    def eye(number: float | None, decimals: int) -> float | None:
        return None if number is None else round(number, decimals)

    return {
        "customers": size,
        "occasions": number,
        "revenue_cents": cents,
        "average_order_cents": eye(average, 4),
        "orders_per_customer": eye(number / size if size else None, 6),
        "ltv_simple_cents": eye(simple, 4),
        "ltv_cac": eye(simple / terms.cac_cents if simple is not None else None, 6),
        "historic": historic,
        "occasions_per_year": eye(number / years if size else None, 6),
        "clv_cents": eye(average * number / years * terms.expected_years if average is not None else None, 4),
        "repurchase": rate(len(soon), len(old)) | {"days": terms.repurchase_days},
        "top_fifth_share": eye(sum(sums[: ceil(size / 5)]) / cents if cents else None, 6),
    }


def rfm_of(data: Data, as_of: date) -> dict[str, int]:
    customers = customers_of(occasions_of(data, as_of))
    measures: list[Callable[[list[Any]], Any]] = [
        lambda days: days[-1][0],
        len,
        lambda days: sum(each[1] for each in days),
    ]
    codes: dict[str, str] = defaultdict(str)
    for measure in measures:
        ranked = sorted(customers, key=lambda who: (measure(customers[who]), who))
        for rank, who in enumerate(ranked, 1):
            codes[who] += str(ceil(5 * rank / len(ranked)))
    return dict(sorted(Counter(codes.values()).items()))


def types_of(data: Data, as_of: date) -> dict[str, int]:
    found = {"newcomer": 0, "returning": 0, "latent": 0}
    for days in customers_of(occasions_of(data, as_of)).values():
        if days[0][0] > months_on(as_of, -12):
            found["newcomer"] += 1
        elif len(days) > 1 and days[-1][0] > months_on(as_of, -36):
            found["returning"] += 1
        else:
            found["latent"] += 1
    return found


def cohorts_of(data: Data, as_of: date, period: str) -> list[dict[str, Any]]:
    """Month by month from the first, as a person would with a sheet of paper."""
    customers, referrers = customers_of(occasions_of(data, as_of)), referrers_of(data, as_of)
    members: dict[str, list[str]] = defaultdict(list)
    for who, days in customers.items():
        members[name_of(days[0][0], period)].append(who)
    found = []
    for name, people in sorted(members.items()):
        own = [customers[who] for who in people]
        gaps = [(days[1][0] - days[0][0]).days for days in own if len(days) > 1]
        cells: dict[str, tuple[set[str], int]] = {}
        for who in people:
            for day, cents, _ in customers[who]:
                active, total = cells.get(name_of(day, period), (set(), 0))
                cells[name_of(day, period)] = (active | {who}, total + cents)
        start = date(own[0][0][0].year, own[0][0][0].month, 1)
        if period == "quarter":
            start = date(start.year, start.month - (start.month - 1) % 3, 1)
        step, row, running = 1 if period == "month" else 3, [], None
        while start <= as_of:
            active, total = cells.get(name_of(start, period), (set(), 0))
            following = months_on(start, step)
            if following - timedelta(days=1) <= as_of:
                row.append((len(active), total))
            else:
                running = {"active": len(active), "revenue": total}
            start = following
        found.append(
            {
                "cohort": name,
                "customers": len(people),
                "average_first_cents": round(sum(days[0][1] for days in own) / len(own), 4),
                "repeat": rate(len(gaps), len(own)),
                "months_to_repeat": round(sum(gaps) / len(gaps) / 30.4375, 4) if gaps else None,
                "referral": rate(len(referrers & set(people)), len(own)),
                "revenue_cents": sum(each[1] for days in own for each in days),
                "active": [number for number, _ in row],
                "revenue": [cents for _, cents in row],
                "running": running,
            }
        )
    return found


def touchpoints_of(data: Data, as_of: date, window_days: int) -> list[dict[str, Any]]:
    mails = mails_of(data, as_of)
    buys = [
        (data.person[row.client_id], row.ordered_on, row.project_id, row.value_cents)
        for row in data.rows("projects")
        if row.ordered_on <= as_of and not (row.cancelled_on and row.cancelled_on <= as_of)
    ]
    credited: dict[tuple[str, str], tuple[Any, ...]] = {}
    for mail in mails:
        row = mail["row"]
        for person, day, project, cents in buys:
            is_after = timedelta(0) < day - row.as_of <= timedelta(days=window_days)
            if mail["accepted"] and person == data.person[row.client_id] and is_after:
                best = credited.get((row.touchpoint, project))
                if best is None or (row.as_of, row.id) > best[:2]:
                    credited[row.touchpoint, project] = (row.as_of, row.id, mail["key"], cents)
    latest: dict[tuple[str, str, str], Any] = {}
    for row in sorted(data.rows("decisions"), key=lambda row: (row.as_of, row.id)):
        if months_on(as_of, -12) < row.as_of <= as_of:
            latest[row.touchpoint, row.client_id, row.occasion] = row
    reasons: dict[tuple[str, str], Counter[Any]] = defaultdict(Counter)
    for row in latest.values():
        if row.outcome != "send":
            key = (row.touchpoint, row.occasion if row.flow == "campaign" else None)
            reasons[key][row.outcome, row.reason] += 1
    keys = sorted({mail["key"] for mail in mails} | set(reasons), key=lambda key: (key[0], key[1] or ""))
    found = []
    for key in keys:
        own = [mail for mail in mails if mail["key"] == key]
        orders = [cents for _, _, whose, cents in credited.values() if whose == key]
        counts = {
            name: sum(mail[name] for mail in own) for name in ("accepted", "delivered", "tracked", "opened", "answered")
        }
        found.append(
            {"touchpoint": key[0], **({"campaign": key[1]} if key[1] else {}), "planned": len(own), **counts}
            | {"ordered": len(orders), "revenue_cents": sum(orders)}
            | {
                name: {reason: n for (was, reason), n in sorted(reasons[key].items()) if was == outcome}
                for name, outcome in (("skipped", "skip"), ("deferred", "defer"))
            }
        )
    return found


def data_until_of(data: Data, as_of: date) -> str | None:
    columns = {
        "projects": ("ordered_on", "delivered_on", "cancelled_on"),
        "quotes": ("sent_on", "decided_on"),
        "interactions": ("occurred_on",),
        "feedback": ("given_on",),
        "referrals": ("invited_on", "signed_up_on"),
    }
    days = [day for name, each in columns.items() for column in each for day in data.frames[name][column] if day]
    return max((day.isoformat() for day in days if day <= as_of), default=None)


def second_way(engine: Engine, programme: Programme, as_of: date, by: str = "client") -> dict[str, Any]:
    """Everything that is compared, in the shape of the JSON."""
    data = Data(engine, by)
    customers = customers_of(occasions_of(data, as_of))
    quarters = sorted({name_of(days[0][0], "quarter") for days in customers.values()})
    return {
        "data_until": data_until_of(data, as_of),
        "figures": figures_of(data, as_of, programme),
        "before": figures_of(data, months_on(as_of, -3), programme),
        "value": value_of(data, as_of, programme),
        "rfm": rfm_of(data, as_of),
        "types": types_of(data, as_of),
        "cohorts": {period: cohorts_of(data, as_of, period) for period in ("month", "quarter")},
        "curve": {"all": curve_of(customers, as_of), **{each: curve_of(customers, as_of, each) for each in quarters}},
        "touchpoints": touchpoints_of(data, as_of, programme.figures.window_days),
    }
