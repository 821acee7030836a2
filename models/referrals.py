"""What a shared link brings: visits, sign-ups and their flags, a person's judgement of them, and who joined whom.

The referral itself is a fact of the CRM (models.facts); a web sign-up is such a referral with a row here beside it.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index, Integer, LargeBinary, Text
from sqlmodel import Field

from models.database.columns import key, optional_key
from models.database.rows import Row

MOMENT = DateTime(timezone=True)
# What a friend told of himself or herself, which goes when the sign-up is forgotten or the person erased.
TOLD_BY_FRIEND = ("name", "email", "phone", "project_type", "postcode", "house_number", "message", "voucher")
ROW_ID = BigInteger().with_variant(Integer, "sqlite")


class SignupRow(Row, table=True):
    """What a friend filled in on the page behind a link; the first post makes the row, later ones add to it.

    Attributes:
        email: the address as the friend wrote it; `recipient` is the same as we compare it.
        consent: "yes" when the box was ticked, else "unknown", with the wording that stood beside it.
        name_consent_at: when the friend agreed to be named on the referrer's page; None never names him.
        flags: words of programme.referrals.states.Flag in their order, joined by ","; "" is an ordinary sign-up.
            Set once, with the row.
        handled_at, handled_by: when and by whom the friend was called or written to.
    """

    __tablename__ = "signups"
    __table_args__ = (Index("ix_signups_code", "code", "signed_up_on"), Index("ix_signups_day", "signed_up_on"))

    referral_id: str = key(primary_key=True, foreign_key="referrals.referral_id")
    code: str = key()
    name: str | None = None
    email: str | None = None
    recipient: str = key(index=True)
    phone: str | None = None
    project_type: str | None = None
    postcode: str | None = None
    house_number: str | None = None
    message: str | None = Field(default=None, sa_type=Text)
    voucher: str | None = optional_key(unique=True)
    consent: str = "unknown"
    consent_wording: str | None = Field(default=None, sa_type=Text)
    consent_at: datetime | None = Field(default=None, sa_type=MOMENT)
    name_consent_at: datetime | None = Field(default=None, sa_type=MOMENT)
    signed_up_on: date
    signed_up_at: datetime = Field(sa_type=MOMENT)
    flags: str = ""
    handled_at: datetime | None = Field(default=None, sa_type=MOMENT)
    handled_by: str | None = None


class ReferralVisitRow(Row, table=True):
    """A person who opened a link: once for each code, day and visitor. `visitor` is an HMAC under that day's key."""

    __tablename__ = "referral_visits"
    __table_args__ = (Index("ix_referral_visits_day", "day"),)

    code: str = key(primary_key=True)
    day: date = Field(primary_key=True)
    visitor: str = key(primary_key=True)


class PageVisitRow(Row, table=True):
    """A visit of a client's own page, so that a sign-up by the same visitor on that day is flagged as `self`."""

    __tablename__ = "page_visits"
    __table_args__ = (Index("ix_page_visits_day", "day", "visitor"),)

    client_id: str = key(primary_key=True)
    day: date = Field(primary_key=True)
    visitor: str = key(primary_key=True)


class VisitorKeyRow(Row, table=True):
    """The random key of one day, under which visitors are told apart; deleted when the day is over."""

    __tablename__ = "visitor_keys"

    day: date = Field(primary_key=True)
    key: bytes = Field(sa_type=LargeBinary)


class FormPostRow(Row, table=True):
    """A post of the sign-up form, counted for the limits of an hour and a day; deleted after that."""

    __tablename__ = "form_posts"
    __table_args__ = (Index("ix_form_posts_code", "code", "posted_at"), Index("ix_form_posts_visitor", "visitor"))

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    code: str = key()
    visitor: str = key()
    posted_at: datetime = Field(sa_type=MOMENT)


class ReferralReviewRow(Row, table=True):
    """A person's judgement of a referral. Of those dated on or before a day the latest (day, then id) holds.

    Attributes:
        verdict: "accept" or "reject".
    """

    __tablename__ = "referral_reviews"
    __table_args__ = (Index("ix_referral_reviews", "referral_id", "day", "id"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    referral_id: str = key(foreign_key="referrals.referral_id")
    verdict: str
    made_by: str
    reason: str = Field(sa_type=Text)
    day: date
    made_at: datetime = Field(sa_type=MOMENT)


class ReferralLinkRow(Row, table=True):
    """A referral that a person joined to its client; the latest row of a referral holds."""

    __tablename__ = "referral_links"
    __table_args__ = (Index("ix_referral_links", "referral_id", "id"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    referral_id: str = key(foreign_key="referrals.referral_id")
    client_id: str = key(foreign_key="clients.client_id")
    made_by: str
    made_at: datetime = Field(sa_type=MOMENT)


class PageChoiceRow(Row, table=True):
    """What a client chose on the own page: whether the first name may stand on the page behind the link."""

    __tablename__ = "page_choices"

    client_id: str = key(primary_key=True, foreign_key="clients.client_id")
    first_name_may_appear: bool = False
    changed_at: datetime = Field(sa_type=MOMENT)


class PartnerInvoiceRow(Row, table=True):
    """A partner's invoice for commission; amounts in cents, `amount_cents` without the VAT.

    Which lines of settlements it was paid by, settlement_line_invoices tells.
    """

    __tablename__ = "partner_invoices"

    client_id: str = key(primary_key=True, foreign_key="clients.client_id")
    number: str = key(primary_key=True)
    amount_cents: int = Field(sa_type=BigInteger)
    vat_cents: int = Field(sa_type=BigInteger)
    made_by: str
    day: date
    made_at: datetime = Field(sa_type=MOMENT)
