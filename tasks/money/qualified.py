"""Who is qualified on a day, of everybody or for some referrers, read in a handful of queries whatever their number."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, select

from models.database.given import in_values
from models.present import clients, projects, referrals
from models.tables import signups
from programme.facts.records import Project, Referral
from programme.money.commission import PartnerProject
from programme.money.earning import Qualified
from programme.referrals.qualifying import is_accepted, is_of_partner, qualified_on, won_referrals
from programme.terms.schema import Programme
from programme.words.dates import add_months
from tasks.clients.facts.referrals import read_referrals

_PROJECT = [projects.c[name] for name in Project._fields[:7]]
_UNASKED = (None,) * (len(Project._fields) - len(_PROJECT))  # address and so on, which no qualification asks


class Found(NamedTuple):
    """What is qualified on a day.

    Attributes:
        rewarded: Q by referrer, each in order of (qualification date, referral id); referrers without any are absent.
        partner_projects: the projects that earn commission, in no order.
        unrewarded: how many are qualified that earn no reward: a partner's, whether or not a project of theirs earns
            commission, and those of referrers whose kind gets none.
    """

    rewarded: dict[str, list[Qualified]]
    partner_projects: list[PartnerProject]
    unrewarded: int = 0


class QualifiedReferral(NamedTuple):
    """A referral that is qualified on the day, whoever its referrer is. `jobs` are the friend's projects."""

    referral: Referral
    qualified_on: date
    is_under_review: bool
    jobs: Sequence[Project]


def read_qualified(
    connection: Connection, programme: Programme, as_of: date, referrer_ids: Sequence[str] | None = None
) -> Found:
    """Judge every referral as of a day (programme section 9; referrals sections 3 and 8.1).

    Args:
        referrer_ids: only what these brought; None for everybody.
    """
    return found_of(connection, programme, as_of, read_judged(connection, programme, as_of, referrer_ids))


def read_judged(
    connection: Connection, programme: Programme, as_of: date, referrer_ids: Sequence[str] | None = None
) -> Iterator[QualifiedReferral]:
    """Every referral that is qualified on the day (programme section 9), friend by friend."""
    friends = None if referrer_ids is None else _friends_of(connection, referrer_ids)
    rivals = read_referrals(connection, friends)
    recipients = _read_recipients(connection, friends)
    jobs = _read_projects(connection, friends)
    flagged = set(connection.scalars(select(signups.c.referral_id).where(signups.c.flags != "")))
    for friend, candidates in rivals.items():
        own = jobs.get(friend, [])
        for won in won_referrals(programme.referral, friend, recipients.get(friend, ""), candidates, own):
            day = qualified_on(won, as_of)
            if day is None or (referrer_ids is not None and won.referrer_id not in referrer_ids):
                continue
            referral = next(each for each in candidates if each.referral_id == won.referral_id)
            is_under_review = referral.referral_id in flagged and not is_accepted(referral, as_of)
            yield QualifiedReferral(referral, day, is_under_review, own)


def found_of(connection: Connection, programme: Programme, as_of: date, judged: Iterable[QualifiedReferral]) -> Found:
    """What each earns: its referrer a reward, a partner commission, or nothing."""
    unrewarded = _read_unrewarded(connection, programme)
    found = Found(defaultdict(list), [])
    without_reward = 0
    for referral, day, is_under_review, own in judged:
        if is_of_partner(programme.partners, referral):
            found.partner_projects.extend(_partner_projects(programme, referral, own, as_of, is_under_review))
            without_reward += 1
        elif referral.referrer_id in unrewarded:
            without_reward += 1
        else:
            one = Qualified(day, referral.referral_id, referral.referrer_id, is_under_review)
            found.rewarded[referral.referrer_id].append(one)
    for qualified in found.rewarded.values():
        qualified.sort()
    return found._replace(rewarded=dict(found.rewarded), unrewarded=without_reward)


def _partner_projects(
    programme: Programme, referral: Referral, jobs: Sequence[Project], as_of: date, is_under_review: bool
) -> list[PartnerProject]:
    """The friend's projects ordered since the sign-up, and delivered and standing on the day, within the lifetime."""
    signed_up_on = referral.signed_up_on
    if signed_up_on is None or programme.partners is None:
        return []
    last = min(as_of, add_months(signed_up_on, programme.partners.lifetime_months))
    return [
        PartnerProject(
            referral.referrer_id,
            job.delivered_on,
            job.project_id,
            referral.referral_id,
            job.value_cents,
            is_under_review,
        )
        for job in jobs
        if job.ordered_on >= signed_up_on
        and job.delivered_on is not None
        and job.delivered_on <= last
        and not (job.cancelled_on is not None and job.cancelled_on <= as_of)
    ]


def _friends_of(connection: Connection, referrer_ids: Sequence[str]) -> list[str]:
    query = select(referrals.c.referred_client_id).where(in_values(referrals.c.referrer_id, referrer_ids))
    return sorted({friend for friend in connection.scalars(query) if friend})


def _read_recipients(connection: Connection, friends: Sequence[str] | None) -> dict[str, str]:
    query = select(clients.c.client_id, clients.c.recipient)
    query = _about(query, clients.c.client_id, friends)
    return dict(connection.execute(query).tuples().all())


def _read_projects(connection: Connection, friends: Sequence[str] | None) -> dict[str, list[Project]]:
    query = _about(select(*_PROJECT), projects.c.client_id, friends)
    found: dict[str, list[Project]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.client_id].append(Project(*row, *_UNASKED))
    return found


def _about(query: Select[Any], column: ColumnElement[str], friends: Sequence[str] | None) -> Select[Any]:
    """Of these clients; of all that some referral names when None."""
    if friends is None:
        named = select(referrals.c.referred_client_id).where(referrals.c.referred_client_id.is_not(None))
        return query.where(column.in_(named))
    return query.where(in_values(column, friends))


def _read_unrewarded(connection: Connection, programme: Programme) -> set[str]:
    """Referrers of a kind that gets no rewards."""
    kinds = [kind.value for kind in programme.referral.no_reward_kinds]
    if not kinds:
        return set()
    made_one = clients.c.client_id.in_(select(referrals.c.referrer_id))
    return set(connection.scalars(select(clients.c.client_id).where(clients.c.kind.in_(kinds), made_one)))
