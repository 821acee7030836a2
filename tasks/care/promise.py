"""What the page after "nee, nog niet" promises: who calls, and by when."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, select

from models.database.engine import reading
from models.tables import messages
from programme.care.owners import raised
from programme.care.staff_mails import when_words
from programme.terms.schema import Programme
from tasks.care.owners import read_tick
from tasks.care.people.engineers import read_engineers
from tasks.care.store import CareRefused, read_case


class Promise(NamedTuple):
    """Who calls, one level higher than the case stood, and by when in words."""

    name: str
    by: str


def read_promise(engine: Engine, programme: Programme, message_id: str, at: datetime) -> Promise | None:
    """The promise to whoever answered the question of this mail at that moment; None when it is no case's."""
    with reading(engine) as connection:
        occasion = connection.scalar(select(messages.c.occasion).where(messages.c.message_id == message_id))
        try:
            case = read_case(connection, occasion or "")
        except CareRefused:
            return None
        tick, work = read_tick(connection, programme, at), (case.client_id, case.project_id)
        owner = tick.owner(raised(case.level, 1), read_engineers(connection, [work], tick.day)[work])
    call_by = tick.clock.working_days_after(at, programme.care.call_within_days)
    return Promise(owner.person.name, when_words(call_by))
