"""The script of a task, whom to call, and what the client wrote: all that the person who picks up the phone needs."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from models.present import clients
from models.tables import signups
from programme.care.cases.owners import raised
from programme.care.outcomes import TaskChannel
from programme.care.scripts.choosing import script_of
from programme.care.scripts.script import Script, TaskFacts
from programme.care.signals import letter_address
from programme.care.tick import Tick
from programme.facts.records import Client
from programme.words.naming.names import NAMELESS, called
from programme.words.wording import counted_words, duration_words
from tasks.care.cases.store import read_case
from tasks.care.people.listing import Task
from tasks.care.people.script_facts import Asking, read_told
from tasks.clients.facts.audience import read_recipients


class ForTheCall(NamedTuple):
    """What a person needs for one task; it holds a client's data, so it is shown and never stored or mailed.

    Attributes:
        name: of the client, or of who signed up; "" when it is unknown or erased.
        phone: the number to call; "" when there is none.
        address: of a letter: street and postcode.
        wrote: the client's own words, the oldest first, exactly as they came.
    """

    script: Script
    name: str
    phone: str
    address: tuple[str, ...]
    wrote: tuple[str, ...]


def read_script(connection: Connection, tick: Tick, task: Task) -> ForTheCall:
    """The script of a task for its present owner."""
    client = _read_client(connection, tick, task.client_id)
    name, phone = _who(connection, task)
    facts, wrote = read_told(Asking(connection, tick, task, client))
    brand, care, trade = tick.programme.brand, tick.programme.care, tick.programme.trade
    about = TaskFacts(
        firm=brand.name,
        phone=brand.phone,
        person=task.owner,
        salutation=_salutation(name),
        kind=client.kind if client else "consument",
        engineer=trade.engineer,
        other_firm=trade.other_firm,
        that_other_firm=trade.that_other_firm,
        higher_person=_higher(connection, tick, task),
        solution_within=counted_words(care.solution_within_days, "werkdag", "werkdagen"),
        follow_up_after=duration_words(care.follow_up_after.days, care.follow_up_after.months),
        **facts,
    )
    place = letter_address(client, tick.day) if client and task.channel == TaskChannel.LETTER else None
    address = (place.address or "", place.postcode or "") if place else ()
    return ForTheCall(script_of(task.kind, task.channel, about, tick.programme.scripts), name, phone, address, wrote)


def _higher(connection: Connection, tick: Tick, task: Task) -> str:
    """Who would have the case one level higher; "" of a task without a case.

    It is the level of the case that rises: a stand-in of a higher level may well have the next one too.
    """
    if not task.case_id:
        return ""
    return tick.owner(raised(read_case(connection, task.case_id).level, 1), None).person.name


def _read_client(connection: Connection, tick: Tick, client_id: str) -> Client | None:
    """With the facts of the day; None for nobody, an erased client, and one that the export no longer has."""
    for recipient in read_recipients(connection, tick.programme, [client_id] if client_id else [], tick.day):
        client = recipient.client(client_id)
        return None if client.is_erased else client
    return None


def _who(connection: Connection, task: Task) -> tuple[str, str]:
    """(name, phone) of the client, or of who signed up."""
    own, lead = clients.c, signups.c
    query = select(own.name, own.phone).where(own.client_id == task.client_id, own.erased_on.is_(None))
    if not task.client_id:
        query = select(lead.name, lead.phone).where(lead.referral_id == task.cause)
    row = connection.execute(query).first()
    return (row.name or "", row.phone or "") if row else ("", "")


def _salutation(name: str) -> str:
    greeted = called(name)
    return "Goedendag," if greeted == NAMELESS else f"Beste {greeted},"
