"""/desk and /desk/tasks: what is to be done, the late before the day's and that before the rest, one block a client."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from models.database.engine import reading
from programme.care.cases.case import Case
from programme.care.cases.clock import Clock, urgency_of
from programme.care.cases.owners import Owner
from programme.care.tick import Tick
from programme.care.words import kind_words, step_words
from programme.inbound.event_words import counted_words
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus
from tasks.campaigns.results import titles_of
from tasks.care.cases.store import read_followed
from tasks.care.owners import read_tick
from tasks.care.people.engineers import read_engineers
from tasks.care.people.listing import Task, read_tasks
from tasks.desk.work import NOBODY, Said, Who, read_absent, read_leads, read_said, read_who
from tasks.inbound.day_summary import BACK, DaySummary, read_day_summary
from web.desk.gate import DeskRouter
from web.desk.goes import KEPT_SECONDS, goes_of
from web.desk.showing.moments import left_words, paged
from web.desk.showing.words import said_words
from web.desk.visit import Visit

router = DeskRouter()

BLOCKS = 25  # of a page
MOST_CASES = 8  # beside the tasks; the page of complaints has them all


@dataclass
class Block:
    """The open tasks of one client, the most urgent first."""

    who: Who
    client_id: str
    tasks: list[Task] = field(default_factory=list)

    @property
    def first(self) -> Task:
        return self.tasks[0]


@router.page("/desk")
def show_today(visit: Visit) -> Response:
    return _show(visit, "today.html")


@router.page("/desk/tasks")
def show_tasks(visit: Visit) -> Response:
    return _show(visit, "tasks.html")


def _show(visit: Visit, template: str) -> Response:
    goes_of(visit.request).look(KEPT_SECONDS)
    is_all = visit.query.get("all") == "1"
    with reading(visit.engine) as connection:
        tick = read_tick(connection, visit.programme, visit.at)
        every = read_tasks(connection, tick)
        to_do = [task for task in every if not task.is_put_off(visit.today)]
        mine = [task for task in to_do if task.owner == visit.person.name]
        shown = to_do if is_all else mine
        hidden = [
            task for task in every if task.is_put_off(visit.today) and (is_all or task.owner == visit.person.name)
        ]
        blocks = _blocks(connection, shown)
        first = (visit.page_number - 1) * BLOCKS
        pages = paged(blocks[first : first + BLOCKS + 1], visit.page_number, BLOCKS)
        on_page = [task for block in pages.rows for task in block.tasks]
        said = read_said(connection, [task.case_id for task in on_page if task.case_id])
        beside = _beside(connection, visit) if template == "today.html" else {}
    return visit.show(
        template,
        is_all=is_all,
        mine=len(mine),
        everyones=len(to_do),
        groups=_groups(visit, blocks, pages.rows),
        pages=pages,
        hidden=hidden,
        given=said,
        kind_words=kind_words(visit.programme),
        step_words=step_words(visit.programme),
        why=why_of,
        left=lambda task: left_words(task.due_at, visit.at) if task.due_at > visit.at else "",
        **beside,
    )


def _blocks(connection: Connection, tasks: Sequence[Task]) -> list[Block]:
    """By the moment of each client's most urgent task."""
    known = read_who(connection, [task.client_id for task in tasks if task.client_id])
    leads = read_leads(connection, [task.cause for task in tasks if not task.client_id])
    blocks: dict[str, Block] = {}
    for task in tasks:
        who = known.get(task.client_id, NOBODY) if task.client_id else leads.get(task.cause, NOBODY)
        key = task.client_id or task.task_id
        blocks.setdefault(key, Block(who, task.client_id)).tasks.append(task)
    return list(blocks.values())


def _groups(visit: Visit, blocks: Iterable[Block], shown: Iterable[Block]) -> list[tuple[str, str, list[Block], int]]:
    """(heading, state, blocks, number) of those that have any on this page; the number is of all pages."""
    found: dict[str, list[Block]] = {"late": [], "today": [], "": []}
    for block in shown:
        found[_urgency_of(visit, block)].append(block)
    numbers = Counter(_urgency_of(visit, block) for block in blocks)
    headings = {"late": "Te laat", "today": "Vandaag", "": "Later"}
    return [(headings[state], state, members, numbers[state]) for state, members in found.items() if members]


def _urgency_of(visit: Visit, block: Block) -> str:
    return urgency_of(block.first.due_at, visit.at)


def why_of(task: Task, given: Mapping[str, list[Said]]) -> str:
    """One sentence below a name: what it is about, in the client's words where there are any."""
    if task.case_id and (said := given.get(task.case_id)):
        first = said[0]
        what = said_words(first.score, first.origin)
        return f"{what}: “{_short(first.words)}”" if first.words else f"{what}."
    return ""


def _short(words: str, most: int = 120) -> str:
    text = " ".join(words.split())
    return text if len(text) <= most else text[:most].rstrip() + " …"


def _beside(connection: Connection, visit: Visit) -> dict[str, Any]:
    """What stands beside the tasks: cases with their clock, who is away, and what happened today."""
    clock = Clock(visit.programme.care)
    local = visit.at.astimezone(AMSTERDAM)
    running = [case for case in read_followed(connection).values() if case.is_open]
    running.sort(key=attrgetter("waits_until"))
    shown = running[:MOST_CASES]
    return {
        "office": _office_words(clock, local, visit.programme.care.closes),
        "cases": shown,
        "more_cases": len(running) - len(shown),
        "names": read_who(connection, [case.client_id for case in shown]),
        "owners": owners_of(connection, read_tick(connection, visit.programme, visit.at), shown),
        "absent": read_absent(connection, visit.at),
        "day": _day(connection, visit, read_day_summary(visit.engine, visit.programme.health, visit.today)),
    }


def owners_of(connection: Connection, tick: Tick, found: Sequence[Case]) -> dict[str, Owner]:
    """Who has each case now, by its id."""
    asked = [(case.client_id, case.project_id) for case in found]
    engineers = read_engineers(connection, asked, tick.day)
    return {case.case_id: tick.owner(case.level, engineers[of]) for case, of in zip(found, asked, strict=True)}


def _office_words(clock: Clock, now: datetime, closes: Any) -> str:
    if clock.is_open(now):
        return f"Het kantoor is open tot {closes:%H.%M} uur."
    return "Het kantoor is dicht."


def _day(connection: Connection, visit: Visit, summary: DaySummary) -> dict[str, Any]:
    """The counts of today by mail: sent, waiting, in doubt, refused."""
    by_label: dict[str, Counter[str]] = {}
    titles = titles_of(connection, {campaign for _, campaign, _ in summary.mails if campaign})
    for (touchpoint, campaign, status), number in summary.mails.items():
        label = visit.programme.kinds.in_log(touchpoint).label
        by_label.setdefault(f"{label}: {titles.get(campaign, campaign)}" if campaign else label, Counter())[status] += (
            number
        )
    waits = (MessageStatus.PLANNED, MessageStatus.SENDING)
    rows = [
        (
            label,
            found[MessageStatus.ACCEPTED],
            sum(found[status] for status in waits),
            found[MessageStatus.IN_DOUBT],
            found[MessageStatus.REJECTED],
        )
        for label, found in sorted(by_label.items(), key=lambda each: (-each[1].total(), each[0]))
    ]
    return {
        "rows": rows,
        "answers": summary.answered.total(),
        "low": summary.low_scores,
        "back": [(counted_words(kind), summary.back[kind]) for kind in BACK if summary.back[kind]],
    }
