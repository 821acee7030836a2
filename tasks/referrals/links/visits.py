"""Who opened a link or a page, told apart for one day and never known: no cookie, no address kept.

A visitor is an HMAC of network address and browser under a random key of that day. With the key gone nobody can tell
any more whose visit a row was; what is counted stays.
"""

import hmac
import secrets
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, exists, func, insert, select

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import form_posts, page_visits, referral_visits, visitor_keys
from programme.terms.tables.payout_terms import ReferralTerms
from programme.words.dates import day_in_amsterdam, midnight_in_amsterdam
from programme.words.tokens import UNIT_SEPARATOR

KEY_BYTES = 32
HOUR = timedelta(hours=1)


class Browser(NamedTuple):
    """Whom a request comes from, as far as the request itself tells."""

    address: str
    agent: str


def count_visit(engine: Engine, code: str, browser: Browser, at: datetime) -> None:
    """A person opened a link: one visit for each code, day and visitor. Safe to repeat."""
    _record(engine, referral_visits, code, browser, day_in_amsterdam(at))


def record_page_visit(engine: Engine, client_id: str, browser: Browser, at: datetime) -> None:
    """A client's own page was opened; kept for that day, so that who signs up from the same browser is flagged."""
    _record(engine, page_visits, client_id, browser, day_in_amsterdam(at))


def opened_own_page(connection: Connection, client_id: str, visitor: str, day: date) -> bool:
    """Whether this visitor has opened the client's own page that day."""
    table = page_visits.c
    is_one = (table.client_id == client_id) & (table.day == day) & (table.visitor == visitor)
    return bool(connection.execute(select(exists().where(is_one))).scalar())


def admit_post(engine: Engine, terms: ReferralTerms, code: str, browser: Browser, at: datetime) -> bool:
    """Count a post of the sign-up form, unless this visitor or this link has had too many; those are not counted on.

    The hour is the last sixty minutes of the visitor's day, because at midnight he becomes another one.
    """
    day = day_in_amsterdam(at)
    posts = form_posts.c
    with writing(engine) as connection:
        visitor = visitor_of(connection, browser, day, alone=True)
        of_hour = select(func.count()).where(posts.visitor == visitor, posts.posted_at > at - HOUR)
        of_day = select(func.count()).where(posts.code == code, posts.posted_at >= midnight_in_amsterdam(day))
        for counted, most in ((of_hour, terms.posts_an_hour), (of_day, terms.posts_a_day)):
            if connection.execute(counted).scalar_one() >= most:
                return False
        connection.execute(insert(form_posts).values(code=code, visitor=visitor, posted_at=at))
        return True


def visitor_of(connection: Connection, browser: Browser, day: date, *, alone: bool = False) -> str:
    """The visitor under the key of the day, which is made on first use.

    Args:
        alone: until the end of the transaction nobody else asks this way, so that what is counted is exact.
    """
    query = select(visitor_keys.c.key).where(visitor_keys.c.day == day)
    if connection.execute(query).first() is None:
        forget_visitors(connection, day)
        row = [day, secrets.token_bytes(KEY_BYTES)]
        insert_rows(connection, visitor_keys, ["day", "key"], [row], ignore_existing=True)
    return _visitor(connection.execute(query.with_for_update() if alone else query).scalar_one(), browser)


def forget_visitors(connection: Connection, today: date) -> None:
    """Throw away the keys of earlier days, and what is of no use without them."""
    connection.execute(delete(visitor_keys).where(visitor_keys.c.day < today))
    connection.execute(delete(page_visits).where(page_visits.c.day < today))
    connection.execute(delete(form_posts).where(form_posts.c.posted_at < midnight_in_amsterdam(today)))


def _record(engine: Engine, table: Table, what: str, browser: Browser, day: date) -> None:
    """Whoever opens a page again and again is only looked up: writers on SQLite wait for each other."""
    columns = list(table.primary_key.columns.keys())
    with reading(engine) as connection:
        key = connection.execute(select(visitor_keys.c.key).where(visitor_keys.c.day == day)).scalar()
        row = [what, day, _visitor(key, browser)] if key else []
        same = [table.c[name] == value for name, value in zip(columns, row, strict=False)]
        if row and connection.execute(select(exists().where(*same))).scalar():
            return
    with writing(engine) as connection:
        row = [what, day, visitor_of(connection, browser, day)]
        insert_rows(connection, table, columns, [row], ignore_existing=True)


def _visitor(key: bytes, browser: Browser) -> str:
    text = UNIT_SEPARATOR.join(browser)
    return hmac.digest(key, text.encode("utf-8", "replace"), "sha256").hex()[:32]
