"""A friend signs up over a link: a referral with its flags, once; what the friend adds later is added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, exists, func, insert, literal, select, update

from models.database.engine import reading, writing_durably
from models.joining import client_of_address
from models.present import clients, projects
from models.tables import client_codes, referrals, signups
from programme.referrals.flags import KnownAtSignUp, ProjectPlace, burst_since, flags_of
from programme.referrals.sign_up import LONGEST_TOLD, SignUp, added, consent_wording, signup_id, voucher_of
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from tasks.referrals.links.referrers import Referrer, referrer_within
from tasks.referrals.links.visits import Browser, opened_own_page, visitor_of

LONGEST_PHONES = 100  # characters of all numbers that a friend gave


def record_sign_up(
    engine: Engine, programme: Programme, key: bytes, code: str, friend: SignUp, browser: Browser, at: datetime
) -> str | None:
    """Keep a sign-up over this link, with what follows from it, in one transaction. Safe to repeat.

    Args:
        key: the present secret key; a sign-up that an earlier key made is found by its address.

    Returns:
        The voucher, the same for the same friend; None when the link leads to nobody.
    """
    day = day_in_amsterdam(at)
    with writing_durably(engine) as connection:
        # Two at once over one link wait for each other here, so that the eleventh is the eleventh.
        connection.execute(select(client_codes.c.code).where(client_codes.c.code == code).with_for_update())
        referrer = referrer_within(connection, programme, code, day)
        if referrer is None:
            return None
        table, referral_id = signups.c, signup_id(key, code, friend.recipient)
        is_one = (table.recipient == friend.recipient) | (table.referral_id == referral_id)
        query = select(signups).where(table.code == code, is_one).order_by(table.referral_id)
        before = connection.execute(query).mappings().first()
        if before is not None:
            voucher = before["voucher"] or voucher_of(key, before["referral_id"])
            _add(connection, before, friend, voucher, programme.brand.name, at)
            return str(voucher)
        visitor = visitor_of(connection, browser, day)
        return _insert(connection, programme, key, referrer, friend, visitor, at)


def is_voucher_of(engine: Engine, code: str, voucher: str) -> bool:
    """Whether somebody got this voucher over this link."""
    if not voucher:
        return False
    with reading(engine) as connection:
        query = select(exists().where(signups.c.code == code, signups.c.voucher == voucher))
        return bool(connection.execute(query).scalar())


def _insert(
    connection: Connection,
    programme: Programme,
    key: bytes,
    referrer: Referrer,
    friend: SignUp,
    visitor: str,
    at: datetime,
) -> str:
    day = day_in_amsterdam(at)
    referral_id = signup_id(key, referrer.code, friend.recipient)
    known = _read_known(connection, referrer, friend, visitor, day)
    flags = flags_of(friend, known, programme.referral.burst_from)
    joined = connection.execute(select(client_of_address(literal(friend.recipient)))).scalar()
    days = {"invited_on": day, "signed_up_on": day}
    connection.execute(
        insert(referrals).values(
            referral_id=referral_id, referrer_id=referrer.client_id, referred_client_id=joined, **days
        )
    )
    voucher = voucher_of(key, referral_id)
    values = friend._asdict()
    values |= _consent(friend, programme.brand.name, at) if values.pop("consents") else {}
    values |= {"referral_id": referral_id, "code": referrer.code, "voucher": voucher, "flags": ",".join(flags)}
    connection.execute(insert(signups).values(**values, signed_up_on=day, signed_up_at=at))
    return voucher


def _add(connection: Connection, before: Any, friend: SignUp, voucher: str, firm: str, at: datetime) -> None:
    """What the same friend tells later, after he was forgotten too. The first day and the flags stay what they were."""
    changes: dict[str, Any] = {
        "name": before["name"] or friend.name,
        "email": before["email"] or friend.email,
        "recipient": friend.recipient,
        "voucher": voucher,
        "phone": added(before["phone"], friend.phone, ", ", LONGEST_PHONES),
        "message": added(before["message"], friend.message, "\n", LONGEST_TOLD),
    }
    for name in ("project_type", "postcode", "house_number"):
        changes[name] = before[name] or getattr(friend, name)
    if friend.consents and before["consent"] != "yes":
        changes |= _consent(friend, firm, at)
    is_this = signups.c.referral_id == before["referral_id"]
    connection.execute(update(signups).where(is_this).values(**changes))


def _consent(friend: SignUp, firm: str, at: datetime) -> dict[str, Any]:
    return {"consent": "yes", "consent_wording": consent_wording(firm), "consent_at": at}


def _read_known(connection: Connection, referrer: Referrer, friend: SignUp, visitor: str, day: date) -> KnownAtSignUp:
    places = select(projects.c.postcode, projects.c.address).where(projects.c.client_id == referrer.client_id)
    has_order = exists().where(
        clients.c.recipient == friend.recipient,
        projects.c.client_id == clients.c.client_id,
        projects.c.ordered_on <= day,
    )
    earlier = select(func.count()).where(
        signups.c.code == referrer.code, signups.c.signed_up_on >= burst_since(day), signups.c.signed_up_on <= day
    )
    return KnownAtSignUp(
        referrer.recipient,
        referrer.phone,
        tuple(ProjectPlace(*row) for row in connection.execute(places)),
        opened_own_page(connection, referrer.client_id, visitor, day),
        bool(connection.execute(select(has_order)).scalar()),
        connection.execute(earlier).scalar_one() + 1,
    )
