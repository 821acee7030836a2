"""The closed sets of words that the database, the files and the rules share, each in life order."""

from enum import StrEnum


class Flow(StrEnum):
    DAILY = "daily"
    WIN_BACK = "win-back"


class HandFlow(StrEnum):
    """What a person starts; no schedule does."""

    CAMPAIGN = "campaign"


AnyFlow = Flow | HandFlow


class Purpose(StrEnum):
    SERVICE = "service"
    MARKETING = "marketing"


class Topic(StrEnum):
    """What a mail is about, as clients choose it (preferences)."""

    PROJECT = "project"
    CLUB = "club"
    IDEAS = "ideas"
    EVENTS = "events"
    RESEARCH = "research"


class ClientKind(StrEnum):
    CONSUMENT = "consument"
    AANNEMER = "aannemer"
    ARCHITECT = "architect"


class Consent(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    POST = "post"


class ProjectType(StrEnum):
    DAKKAPEL = "dakkapel"
    UITBOUW = "uitbouw"
    DRAAGMUUR = "draagmuur"
    FUNDERING = "fundering"
    RENOVATIE = "renovatie"
    OVERIG = "overig"


class QuoteDecision(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class FeedbackKind(StrEnum):
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    REVIEW = "review"
    OTHER = "other"


class Severity(StrEnum):
    MINOR = "minor"
    MEDIUM = "medium"
    MAJOR = "major"


class SuppressionReason(StrEnum):
    UNSUBSCRIBE = "unsubscribe"
    BOUNCE = "bounce"
    SPAM_REPORT = "spam_report"
    INVALID = "invalid"
    MANUAL = "manual"


class ActivityKind(StrEnum):
    """What a client does that counts as activity (programme: win-back)."""

    PROJECT_ORDERED = "project_ordered"
    PROJECT_DELIVERED = "project_delivered"
    QUOTE_SENT = "quote_sent"
    QUOTE_DECIDED = "quote_decided"
    INTERACTION_IN = "interaction_in"
    FEEDBACK_GIVEN = "feedback_given"
    REFERRAL_INVITED = "referral_invited"
    ANSWER = "answer"


class Outcome(StrEnum):
    SEND = "send"
    DEFER = "defer"
    SKIP = "skip"


class Reason(StrEnum):
    """Why a candidate was not sent, in the order in which the rules are asked (1 to 11)."""

    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    SUPERSEDED = "superseded"
    REPEATED = "repeated"
    OPEN_CASE = "open_case"
    OVERDUE_INVOICE = "overdue_invoice"
    RUNNING_PROJECT = "running_project"
    OUTRANKED = "outranked"
    FREQUENCY_CAP = "frequency_cap"
    HELD_OUT = "held_out"


class MessageStatus(StrEnum):
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


# Any message closes its key; only these count for `repeated`, `outranked` and `frequency_cap`.
COUNTING_STATUSES = frozenset(
    {
        MessageStatus.PLANNED,
        MessageStatus.SENDING,
        MessageStatus.ACCEPTED,
        MessageStatus.IN_DOUBT,
        MessageStatus.LOGGED,
    }
)

# A skip for one of these reasons closes the key: a message in the status of the same name is written.
CLOSING_REASONS = {
    Reason.SUPERSEDED: MessageStatus.SUPERSEDED,
    Reason.REPEATED: MessageStatus.REPEATED,
    Reason.HELD_OUT: MessageStatus.HELD_OUT,
}


class RunMode(StrEnum):
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
