"""Sign-ups that a person has to act on: to be called by the next working day, or still without a client record."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, and_, func, or_, select

from models.database.engine import reading
from models.present import referrals
from models.tables import people_tasks, signups
from programme.care.cases.clock import Clock
from programme.referrals.states import task_of
from programme.terms.schema import Programme

SHOWN_DAYS = 14  # after that a sign-up is listed only while no client came of it


class Lead(NamedTuple):
    """One sign-up, and how far it is.

    Attributes:
        call_by: the working day after the sign-up, which the page promises.
        flags: words of Flag. They are questions: whoever calls may hear the answer.
        client_id: the client record that came of it; None for none yet.
        handled_by: who called or wrote; None while nobody did.
    """

    referral_id: str
    signed_up_on: date
    call_by: date
    name: str
    phone: str
    email: str
    project: str
    place: str
    message: str
    voucher: str
    flags: tuple[str, ...]
    client_id: str | None
    handled_by: str | None

    @property
    def task(self) -> str:
        """What it asks of the office, in Dutch."""
        return task_of(self.phone)

    def as_json(self) -> dict[str, object]:
        """As the command prints it, days as ISO dates."""
        days = {"signed_up_on": self.signed_up_on.isoformat(), "call_by": self.call_by.isoformat()}
        return self._asdict() | days | {"task": self.task}


def read_leads(engine: Engine, programme: Programme, today: date) -> list[Lead]:
    """The sign-ups of the last days, and older ones that are joined to nobody; the oldest first."""
    own, task = signups.c, people_tasks.c
    is_its_task = and_(task.kind == "lead", task.cause == own.referral_id)
    query = (
        select(signups, referrals.c.referred_client_id, func.coalesce(task.ended_by, own.handled_by).label("called_by"))
        .join(referrals, referrals.c.referral_id == own.referral_id)
        .outerjoin(people_tasks, is_its_task)
        .where(own.signed_up_on <= today)
        .where(
            or_(own.signed_up_on > today - timedelta(days=SHOWN_DAYS), referrals.c.referred_client_id.is_(None)),
            own.name.is_not(None),  # else it was forgotten: nobody can be called
        )
        .order_by(own.signed_up_on, own.referral_id)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
    return [_lead(row, Clock(programme.care), programme.types.choices) for row in rows]


def _lead(row: object, clock: Clock, choices: Mapping[str, str]) -> Lead:
    of = dict(row)  # type: ignore[call-overload]
    return Lead(
        of["referral_id"],
        of["signed_up_on"],
        clock.working_day_after(of["signed_up_on"], 1),
        of["name"],
        of["phone"] or "",
        of["email"] or "",
        choices.get(of["project_type"] or "", ""),
        " ".join(filter(None, (of["postcode"], of["house_number"]))),
        of["message"] or "",
        of["voucher"] or "",
        tuple(filter(None, of["flags"].split(","))),
        of["referred_client_id"],
        of["called_by"],
    )
