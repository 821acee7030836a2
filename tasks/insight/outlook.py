"""Looks ahead under two programmes at once, for everybody or for a fixed part of them; nothing is written."""

from datetime import date, timedelta

from sqlalchemy import Engine

from models.database.engine import reading
from programme.insight.differences import changed_keys
from programme.insight.outlook import Outlook
from programme.insight.simulated_runs import Horizon
from programme.terms.schema import Programme
from tasks.clients.facts.audience import read_recipients
from tasks.clients.pages import count_recipients, read_pages, read_part
from tasks.insight.forecast import known_on
from tasks.insight.what_if import read_alike

SAMPLE = 4_000  # recipients; a share of them is known to 1.5 % of everybody, in some seconds


def look_ahead(
    engine: Engine, now: Programme, new: Programme, first: date, days: int, *, everybody: bool = False
) -> Outlook:
    """What the runs of `days` days from `first` on would do under both programmes, with the facts known on `first`.

    Args:
        everybody: ask all of a large base as well, however long that takes.
    """
    recipients = count_recipients(engine)
    outlook = Outlook.of(now, new, first, days, recipients)
    last = first + timedelta(days=days - 1)
    old_horizon, new_horizon = Horizon(now, first, last), Horizon(new, first, last)
    only, is_alike = only_touchpoint(now, new), read_alike(now, new)
    for client_ids in read_pages(engine) if everybody else read_part(engine, recipients, SAMPLE):
        with reading(engine) as connection:
            found = read_recipients(connection, now, client_ids, first)
            others = found if is_alike else read_recipients(connection, new, client_ids, first)
        for recipient, other in zip(found, others, strict=True):
            if not recipient.address:
                continue  # gets no mail under any programme
            known = known_on(recipient, first)
            before = list(old_horizon.decisions_of(known))
            is_same = only and not old_horizon.asks(known, only) and not new_horizon.asks(known, only)
            outlook.add(before, before if is_same else list(new_horizon.decisions_of(known_on(other, first))))
    return outlook


def only_touchpoint(now: Programme, new: Programme) -> str | None:
    """The touchpoint that is the only one whose candidates can be judged otherwise; None where it may be any.

    Its own table, its trials and the offers reach no recipient whom no run judges it for.
    """
    names = set()
    for changed in changed_keys(now, new):
        table, _, rest = changed.key.partition(".")
        if table == "touchpoints":
            names.add(rest.partition(".")[0])
        elif table == "experiments":
            names |= {each.touchpoint for each in (*now.experiments.values(), *new.experiments.values())}
        elif table != "offers":
            return None
    return names.pop() if len(names) == 1 else None
