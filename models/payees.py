"""To which account a client is paid, where that account came from, and who is not paid for now."""

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from models.database.columns import key, optional_key, partial_index
from models.database.rows import Row
from models.referrals import MOMENT, ROW_ID


class IbanChangeRow(Row, table=True):
    """Every account that a client gave or that an import changed, in order of id.

    Attributes:
        source: "page" (the client's own page, which outranks imports) or "import".
    """

    __tablename__ = "iban_changes"
    __table_args__ = (Index("ix_iban_changes", "client_id", "id"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    client_id: str = key(foreign_key="clients.client_id")
    iban: str | None = None
    holder: str | None = None
    source: str
    changed_at: datetime = Field(sa_type=MOMENT)


class IbanLinkRow(Row, table=True):
    """A mailed link behind which an account can be given, once and for half an hour. The token itself is not kept."""

    __tablename__ = "iban_links"
    __table_args__ = (Index("ix_iban_links_client", "client_id", "made_at"),)

    token_hash: str = key(primary_key=True)
    client_id: str = key(foreign_key="clients.client_id")
    made_at: datetime = Field(sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)
    used_at: datetime | None = Field(default=None, sa_type=MOMENT)


class RefusedIbanRow(Row, table=True):
    """The last IBAN that an import offered for this client was refused; the row goes when it offers a good one."""

    __tablename__ = "refused_ibans"

    client_id: str = key(primary_key=True)  # of a client whom the same import may only be about to make
    refused_at: datetime = Field(sa_type=MOMENT)


class ReturnedIbanRow(Row, table=True):
    """An account that the bank sent back: invalid for this client until he gives it anew on his page.

    Attributes:
        reason: the bank's code (AC01, AC04 …); "" for a return without one.
        given_anew_at: when the client gave it anew, which makes it valid again.
    """

    __tablename__ = "returned_ibans"
    __table_args__ = (Index("ix_returned_ibans", "client_id", "iban"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    client_id: str = key()
    iban: str
    end_to_end_id: str = key()
    reason: str = ""
    returned_at: datetime = Field(sa_type=MOMENT)
    given_anew_at: datetime | None = Field(default=None, sa_type=MOMENT)


class PayoutBlockRow(Row, table=True):
    """A client who is not paid while the row stands open (`unblocked_on` None); a client has at most one such."""

    __tablename__ = "payout_blocks"
    __table_args__ = (partial_index("ix_payout_blocks_open", "client_id", unique=True, where="unblocked_on IS NULL"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    client_id: str = key(foreign_key="clients.client_id")
    blocked_by: str
    reason: str = Field(sa_type=Text)
    blocked_on: date
    unblocked_by: str | None = optional_key()
    unblocked_on: date | None = None
