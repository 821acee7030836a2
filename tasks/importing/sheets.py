"""Which files the export has, which columns, what each cell must be and whom each row refers to.

Source: contract section 1. Lengths are ours: generous for a CRM, small for a database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from sqlalchemy import Table

from models import tables
from programme.words import states
from programme.words.addresses import recipient_of
from tasks.importing import cells

ID = cells.line_of(200)
NAME = cells.line_of(300)
FREE_TEXT = cells.lines_of(20_000)
TYPE = cells.word_of(states.ProjectType)
YEAR = cells.whole_number(1000, 2999)
SCORE = cells.whole_number(0, 10)

# Parsed columns of a block: table column -> one value a row.
Values = dict[str, Any]
# A fault found by comparing columns: position of the row, column, what was found, reason.
Misfit = tuple[int, str, str, str]


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes:
        target: the table column, where it has another name than the file's.
        default: what an empty cell means.
        when_bad: what an impossible value is taken as; None stands for `default`.
    """

    name: str
    read: cells.Reader
    required: bool = False
    target: str = ""
    default: Any = None
    when_bad: Any = None

    @property
    def stored_as(self) -> str:
        return self.target or self.name


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another table; a required one that dangles costs the row."""

    column: str
    table: Table
    noun: str
    required: bool = False


@dataclass(frozen=True)
class Sheet:
    """One file of the export; the first column is the id.

    Attributes:
        finish: adds the table columns that derive from others and compares columns of one row.
        defaults: table columns that a new row needs where the file does not have them.
    """

    file: str
    table: Table
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    finish: Callable[[Values], Sequence[Misfit]] = lambda values: ()
    defaults: tuple[tuple[str, Any], ...] = ()

    @property
    def id_column(self) -> str:
        return self.columns[0].stored_as

    @property
    def required(self) -> list[Column]:
        return [column for column in self.columns if column.required]


def _finish_clients(values: Values) -> Sequence[Misfit]:
    values["id_crc32"] = [crc32((client_id or "").encode()) for client_id in values["client_id"]]
    if "email" in values:
        values["recipient"] = [recipient_of(email) if email else "" for email in values["email"]]
    return ()


def _finish_projects(values: Values) -> Sequence[Misfit]:
    """A delivery before the order is no delivery."""
    misfits = []
    delivered = values.get("delivered_on", ())
    for index, (ordered_on, delivered_on) in enumerate(zip(values["ordered_on"], delivered, strict=False)):
        if ordered_on and delivered_on and delivered_on < ordered_on:
            delivered[index] = None
            misfits.append((index, "delivered_on", delivered_on.isoformat(), "is before ordered_on"))
    return misfits


CLIENT = Reference("client_id", tables.clients, "client", required=True)
PROJECT = Reference("project_id", tables.projects, "project")

SHEETS = (
    Sheet(
        "clients.csv",
        tables.clients,
        (
            Column("client_id", ID, required=True),
            Column("name", NAME, required=True),
            Column("email", cells.address),
            Column("phone", cells.line_of(50)),
            Column("kind", cells.word_of(states.ClientKind), default="consument"),
            Column("consent", cells.word_of(states.Consent), default="unknown", when_bad="no"),
            Column("channel", cells.word_of(states.Channel), default="email"),
            Column("phone_consent", cells.boolean),
            Column("tracking_consent", cells.boolean),
            Column("iban", cells.iban),
            Column("iban_holder", NAME),
            Column("created_on", cells.day),
        ),
        finish=_finish_clients,
        defaults=(("recipient", ""), ("kind", "consument"), ("consent", "unknown"), ("channel", "email")),
    ),
    Sheet(
        "projects.csv",
        tables.projects,
        (
            Column("project_id", ID, required=True),
            Column("client_id", ID, required=True),
            Column("type", TYPE, required=True),
            Column("value_eur", cells.amount_in_cents, required=True, target="value_cents"),
            Column("ordered_on", cells.day, required=True),
            Column("delivered_on", cells.day),
            Column("cancelled_on", cells.day),
            Column("engineer", NAME),
            Column("address", NAME),
            Column("postcode", cells.line_of(20)),
            Column("built_year", YEAR),
            Column("monument", cells.boolean),
        ),
        references=(CLIENT,),
        finish=_finish_projects,
    ),
    Sheet(
        "quotes.csv",
        tables.quotes,
        (
            Column("quote_id", ID, required=True),
            Column("client_id", ID, required=True),
            Column("type", TYPE),
            Column("value_eur", cells.amount_in_cents, target="value_cents"),
            Column("sent_on", cells.day, required=True),
            Column("decided_on", cells.day),
            Column("decision", cells.word_of(states.QuoteDecision)),
        ),
        references=(CLIENT,),
    ),
    Sheet(
        "interactions.csv",
        tables.interactions,
        (
            Column("interaction_id", ID, required=True),
            Column("client_id", ID, required=True),
            Column("occurred_on", cells.day, required=True),
            Column("direction", cells.word_of(states.Direction), required=True),
            Column("channel", cells.line_of(100)),
            Column("topic", FREE_TEXT),
        ),
        references=(CLIENT,),
    ),
    Sheet(
        "feedback.csv",
        tables.feedback,
        (
            Column("feedback_id", ID, required=True),
            Column("client_id", ID, required=True),
            Column("project_id", ID),
            Column("given_on", cells.day, required=True),
            Column("kind", cells.word_of(states.FeedbackKind), required=True),
            Column("score", SCORE),
            Column("negative", cells.boolean),
            Column("severity", cells.word_of(states.Severity)),
            Column("comment", FREE_TEXT),
            Column("resolved_on", cells.day),
        ),
        references=(CLIENT, PROJECT),
        defaults=(("origin", "import"),),
    ),
    Sheet(
        "invoices.csv",
        tables.invoices,
        (
            Column("invoice_id", ID, required=True),
            Column("client_id", ID, required=True),
            Column("project_id", ID),
            Column("amount_eur", cells.amount_in_cents, required=True, target="amount_cents"),
            Column("issued_on", cells.day, required=True),
            Column("due_on", cells.day, required=True),
            Column("paid_on", cells.day),
        ),
        references=(CLIENT, PROJECT),
    ),
    Sheet(
        "referrals.csv",
        tables.referrals,
        (
            Column("referral_id", ID, required=True),
            Column("referrer_id", ID, required=True),
            Column("referred_client_id", ID),
            Column("referred_name", NAME),
            Column("referred_email", cells.recipient),
            Column("invited_on", cells.day, required=True),
            Column("signed_up_on", cells.day),
        ),
        references=(
            Reference("referrer_id", tables.clients, "client", required=True),
            Reference("referred_client_id", tables.clients, "client"),
        ),
    ),
    Sheet(
        "suppressions.csv",
        tables.suppressions,
        (
            Column("email", cells.recipient, required=True),
            Column("reason", cells.word_of(states.SuppressionReason), required=True),
            Column("since", cells.day, required=True),
        ),
    ),
)
