"""Whose link it is: the referrer behind a code, as far as the page behind the link may show and has to ask."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from models.database.engine import reading
from models.present import clients
from models.tables import client_codes, page_choices
from programme.terms.schema import Programme
from programme.words.naming.first_names import first_name_of


class Referrer(NamedTuple):
    """The client who shares a link.

    Attributes:
        is_partner: sign-ups of today earn commission. `earns`: they earn something at all.
        first_name: "" where it is not known.
        may_be_named: the client agreed to it on the own page.
    """

    client_id: str
    code: str
    recipient: str
    phone: str | None
    kind: str
    is_partner: bool
    earns: bool
    first_name: str
    may_be_named: bool

    @property
    def shown_name(self) -> str:
        """The first name where the client allows that friends read it, else ""."""
        return self.first_name if self.may_be_named else ""


def read_referrer(engine: Engine, programme: Programme, code: str, as_of: date) -> Referrer | None:
    """None for a code that nobody has, or whose client's data were erased."""
    with reading(engine) as connection:
        return referrer_within(connection, programme, code, as_of)


def referrer_within(connection: Connection, programme: Programme, code: str, as_of: date) -> Referrer | None:
    """As read_referrer, by the caller's connection."""
    own = clients.c
    query = (
        select(own.client_id, own.recipient, own.phone, own.kind, own.partner_since, own.name)
        .add_columns(page_choices.c.first_name_may_appear)
        .join_from(client_codes, clients, own.client_id == client_codes.c.client_id)
        .outerjoin(page_choices, page_choices.c.client_id == own.client_id)
        .where(client_codes.c.code == code, own.erased_on.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    terms = programme.partners
    is_partner = bool(terms and terms.enabled and row.partner_since and row.partner_since <= as_of)
    earns = is_partner or programme.referral.rewards(row.kind)
    first_name = first_name_of(row.name)
    named = bool(row.first_name_may_appear)
    return Referrer(row.client_id, code, row.recipient, row.phone, row.kind, is_partner, earns, first_name, named)
