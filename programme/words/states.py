"""The closed sets of words that the database, the files and the rules share, each in life order."""

from enum import StrEnum


class Flow(StrEnum):
    """The flows that a schedule starts."""

    DAILY = "daily"
    WIN_BACK = "win-back"


class HandFlow(StrEnum):
    """The flows that a person starts."""

    CAMPAIGN = "campaign"


AnyFlow = Flow | HandFlow


class Purpose(StrEnum):
    """Service (about the client's own work) or marketing (needs consent)."""

    SERVICE = "service"
    MARKETING = "marketing"


class Topic(StrEnum):
    """The subject of a mail, as the preference page offers it."""

    PROJECT = "project"
    CLUB = "club"
    IDEAS = "ideas"
    EVENTS = "events"
    RESEARCH = "research"


class PreferenceName(StrEnum):
    """What a client can choose on the preference page; the choice of a topic is `topic:<topic>`."""

    TOPIC = "topic"
    PAUSE = "pause"  # in months, "0" for none
    LESS_OFTEN = "less_often"
    CHANNEL = "channel"
    BUILT = "built"  # "mijn verbouwing is klaar"
    PHONE_CONSENT = "phone_consent"  # to be called for marketing


class ClientKind(StrEnum):
    """The kind of client, as the CRM exports it."""

    CONSUMENT = "consument"
    AANNEMER = "aannemer"
    ARCHITECT = "architect"


class Consent(StrEnum):
    """What the client answered about marketing mail."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """The channel that the client prefers."""

    EMAIL = "email"
    PHONE = "phone"
    POST = "post"


class QuoteDecision(StrEnum):
    """How the client decided on a quote."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Direction(StrEnum):
    """Who made contact: `in` is the client, `out` is the firm."""

    IN = "in"
    OUT = "out"


class FeedbackKind(StrEnum):
    """The kind of feedback; only nps and csat scores decide whether it is negative."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    REVIEW = "review"
    OTHER = "other"


class Severity(StrEnum):
    """How bad a complaint is."""

    MINOR = "minor"
    MEDIUM = "medium"
    MAJOR = "major"


class Level(StrEnum):
    """Who has a case or a task, from the first who is asked to the last; each is also a Role."""

    ENGINEER = "engineer"
    MANAGER = "manager"
    MANAGEMENT = "management"


class SuppressionReason(StrEnum):
    """Why an address is on the suppression list."""

    UNSUBSCRIBE = "unsubscribe"
    BOUNCE = "bounce"
    SPAM_REPORT = "spam_report"
    INVALID = "invalid"
    MANUAL = "manual"


class ActivityKind(StrEnum):
    """What counts as activity of a client (programme: win-back)."""

    PROJECT_ORDERED = "project_ordered"
    PROJECT_DELIVERED = "project_delivered"
    QUOTE_SENT = "quote_sent"
    QUOTE_DECIDED = "quote_decided"
    INTERACTION_IN = "interaction_in"
    FEEDBACK_GIVEN = "feedback_given"
    REFERRAL_INVITED = "referral_invited"
    ANSWER = "answer"


class Outcome(StrEnum):
    """What a run decides for a candidate."""

    SEND = "send"
    DEFER = "defer"
    SKIP = "skip"


class Reason(StrEnum):
    """Why a candidate was not sent, in the order in which the rules are checked (1 to 11, with 3b and 7b)."""

    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    NOT_WANTED = "not_wanted"
    NO_DELIVERY = "no_delivery"  # of surveys alone, as survey_budget
    SUPERSEDED = "superseded"
    REPEATED = "repeated"
    OPEN_CASE = "open_case"
    SURVEY_BUDGET = "survey_budget"
    OVERDUE_INVOICE = "overdue_invoice"
    PAUSED = "paused"
    RUNNING_PROJECT = "running_project"
    OUTRANKED = "outranked"
    FREQUENCY_CAP = "frequency_cap"
    HELD_OUT = "held_out"


class MessageStatus(StrEnum):
    """The life of a message. The statuses after `logged` close a key without a mail."""

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    LOGGED = "logged"
    SUPERSEDED = "superseded"
    REPEATED = "repeated"
    HELD_OUT = "held_out"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


# Every message closes its key. Only messages that left, or still may, count for `repeated`, `outranked` and
# `frequency_cap`.
COUNTING_STATUSES = frozenset(
    {
        MessageStatus.PLANNED,
        MessageStatus.SENDING,
        MessageStatus.ACCEPTED,
        MessageStatus.IN_DOUBT,
        MessageStatus.LOGGED,
    }
)

# A skip for one of these reasons closes the key: the run writes a message in the status of the same name.
CLOSING_REASONS = {
    Reason.SUPERSEDED: MessageStatus.SUPERSEDED,
    Reason.REPEATED: MessageStatus.REPEATED,
    Reason.HELD_OUT: MessageStatus.HELD_OUT,
}


class RunMode(StrEnum):
    """What a run may do: only decide (plan), write the messages without sending them (log), or send."""

    PLAN = "plan"
    LOG = "log"
    SEND = "send"


class Role(StrEnum):
    """What a person at the firm may be asked for, or may do."""

    ENGINEER = "engineer"
    MANAGER = "manager"
    MANAGEMENT = "management"
    APPROVER = "approver"  # of payouts
    MARKETING_APPROVER = "marketing_approver"  # of campaigns
    REPORT = "report"  # gets the figures
