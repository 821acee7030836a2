"""The files of the export: their columns, the requirements of each cell, and the rows that each row refers to.

Source: contract section 1. The lengths are our own: generous for a CRM, small for a database.
"""

from collections.abc import Mapping
from dataclasses import replace

from models import tables
from programme.terms.project_types import SHIPPED_TYPES
from programme.words import states
from programme.words.naming.names import NAMELESS
from tasks.importing.reading import cells
from tasks.importing.reading.columns import UNREAD, Column, Reference, Sheet
from tasks.importing.reading.sense import finish_clients, finish_feedback, finish_projects, finish_suppressions

ID = cells.line_of(200)
NAME = cells.line_of(300)
PERSON = cells.person_of(300)
FREE_TEXT = cells.lines_of(20_000)
TYPE = cells.one_of({each: each for each in SHIPPED_TYPES})
YEAR = cells.whole_number(1000, 2999)
SCORE = cells.whole_number(0, 10)

CLIENT = Reference("client_id", tables.clients, "client", required=True)
PROJECT = Reference("project_id", tables.projects, "project", outlasts_hold=True)

SHEETS = (
    Sheet(
        "clients.csv",
        tables.clients,
        (
            Column("client_id", ID, required=True, is_word=True),
            Column("name", PERSON, required=True, when_nothing=NAMELESS),
            Column("email", cells.address),
            Column("phone", cells.line_of(50)),
            Column("kind", cells.word_of(states.ClientKind), default="consument"),
            Column(
                "consent",
                cells.word_of(states.Consent, cells.DUTCH_CONSENT),
                default="unknown",
                when_bad="no",
                is_word=True,
            ),
            Column("channel", cells.word_of(states.Channel), default="email"),
            Column("phone_consent", cells.boolean),
            Column("tracking_consent", cells.boolean),
            Column("iban", cells.iban),
            Column("iban_holder", PERSON),
            Column("created_on", cells.day),
            Column("partner_since", cells.day),
        ),
        finish=finish_clients,
        defaults=(("recipient", ""), ("kind", "consument"), ("consent", "unknown"), ("channel", "email")),
        refusal=("consent", states.Consent.NO.value),
        stated_on=(
            ("consent", "consent_told_on"),
            ("channel", "channel_told_on"),
            ("phone_consent", "phone_consent_told_on"),
        ),
    ),
    Sheet(
        "projects.csv",
        tables.projects,
        (
            Column("project_id", ID, required=True, is_word=True),
            Column("client_id", ID, required=True),
            Column("type", TYPE, required=True),
            Column("value_eur", cells.amount_in_cents, required=True, target="value_cents"),
            Column("ordered_on", cells.day, required=True),
            Column("delivered_on", cells.day),
            Column(
                "cancelled_on",
                cells.day,
                when_bad=UNREAD,
                counts_as="counts as cancelled from today",
            ),
            Column("engineer", PERSON),
            Column("address", NAME),
            Column("postcode", cells.line_of(20)),
            Column("built_year", YEAR),
            Column("monument", cells.boolean),
        ),
        references=(CLIENT,),
        finish=finish_projects,
        marks=("stands_in",),
    ),
    Sheet(
        "quotes.csv",
        tables.quotes,
        (
            Column("quote_id", ID, required=True, is_word=True),
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
            Column("interaction_id", ID, required=True, is_word=True),
            Column("client_id", ID, required=True),
            Column("occurred_on", cells.day, required=True),
            Column("direction", cells.word_of(states.Direction), required=True),
            Column("channel", cells.line_of(100)),
            Column("topic", FREE_TEXT),
        ),
        references=(CLIENT,),
        defaults=(("origin", "import"), ("is_reply", False)),
    ),
    Sheet(
        "feedback.csv",
        tables.feedback,
        (
            Column("feedback_id", ID, required=True, is_word=True),
            Column("client_id", ID, required=True),
            Column("project_id", ID),
            Column("given_on", cells.day, required=True),
            Column("given_at", cells.moment),
            Column("kind", cells.word_of(states.FeedbackKind), required=True),
            Column("score", SCORE, when_bad=UNREAD, counts_as="an NPS or CSAT counts as negative, another as unknown"),
            Column("negative", cells.boolean, when_bad=UNREAD, counts_as="counts as negative"),
            Column("severity", cells.word_of(states.Severity)),
            Column("comment", FREE_TEXT),
            Column("resolved_on", cells.day),
        ),
        references=(CLIENT, PROJECT),
        finish=finish_feedback,
        defaults=(("origin", "import"),),
    ),
    Sheet(
        "invoices.csv",
        tables.invoices,
        (
            Column("invoice_id", ID, required=True, is_word=True),
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
            Column("referral_id", ID, required=True, is_word=True),
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
            Column(
                "reason",
                cells.word_of(states.SuppressionReason),
                required=True,
                when_bad=UNREAD,
                counts_as="counts as manual from today",
            ),
            Column("since", cells.day, required=True, when_bad=UNREAD, counts_as="counts as manual from today"),
        ),
        finish=finish_suppressions,
    ),
)


def sheets_of(types: Mapping[str, str] | None) -> tuple[Sheet, ...]:
    """The files of a firm with types of projects of its own: what the export has for each, and its id."""
    if types is None:
        return SHEETS
    read = cells.one_of(types)
    return tuple(
        replace(
            sheet,
            columns=tuple(replace(each, read=read) if each.read is TYPE else each for each in sheet.columns),
        )
        for sheet in SHEETS
    )
