"""What the message log stores of a mail, and what rendering needs of it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from models.database.bulk import Columns
from programme.rules.groups.offers import GivenCode


class PreparedMail(NamedTuple):
    """The part of a mail that the message log stores; both JSON texts are compact, with sorted keys."""

    message_id: str
    subject: str
    sender_name: str
    variant_json: str
    fields_json: str
    code: GivenCode | None


OF_MAIL = ("message_id", "subject", "sender_name", "variant", "fields", "code")
"""The fields of a PreparedMail by the log's names; many mails are kept as columns of these names."""


def columns_of(mails: Sequence[PreparedMail]) -> Columns:
    """Mails by their columns."""
    return dict(zip(OF_MAIL, zip(*mails, strict=True), strict=True))


class LoggedMessage(Protocol):
    """The part of a row of the message log that rendering needs."""

    @property
    def message_id(self) -> str: ...  # noqa: D102

    @property
    def touchpoint(self) -> str: ...  # noqa: D102

    @property
    def recipient(self) -> str: ...  # noqa: D102

    @property
    def sender_name(self) -> str | None: ...  # noqa: D102

    @property
    def fields(self) -> str | None: ...  # noqa: D102
