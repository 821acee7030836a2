"""The mails of a case: service, never an offer; rules 1 and 2 alone stop them (programme section 4)."""

from programme.care.cases.case import OF_CALLS, OF_REPLIES, Case, StepName
from programme.care.outcomes import Settled
from programme.terms.kinds import MailKind
from programme.words.states import Purpose, Reason

ASKED = frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED})
FLOW = "care"

CASE_ACK = MailKind(
    "case_ack",
    "Klacht ontvangen",
    Purpose.SERVICE,
    FLOW,
    rules=ASKED,
    is_one_a_day=False,
    occasion_label="klacht",
    fields=frozenset({"who", "role", "by", "closed"}),
    # has_closed_days: the office is closed on weekdays before the call, which `closed` names.
    # came_by: "answer" (a score, or words on a page of ours), "phone" or "mail"; before: "" it is the first, "unsolved"
    # what we did was not enough, "earlier" there was another complaint, which is over.
    choices={"has_phone": True, "came_by": "answer", "before": "", "has_closed_days": False},
    sample={
        "who": "ir. S. Voorbeeld",
        "role": "leidinggevende",
        "by": "maandag 9 maart om 16.00 uur",
        "closed": "Op vrijdag 6 maart",
    },
)
CASE_CHECK_IN = MailKind(
    "case_check_in",
    "Klacht: is het opgelost?",
    Purpose.SERVICE,
    FLOW,
    rules=ASKED,
    is_one_a_day=False,
    occasion_label="klacht",
    fields=frozenset({"who", "role", "higher"}),
    # calls_again: who signs is who calls after a no. settled: what there was with the client before `fix`.
    choices={"calls_again": False, "settled": Settled.AGREED.value},
    sample={"who": "ir. S. Voorbeeld", "role": "constructeur", "higher": "P. Planner"},
)
FOLLOW_UP_MAIL = MailKind(
    "case_follow_up",
    "Klacht: een maand later",
    Purpose.SERVICE,
    FLOW,
    rules=ASKED,
    is_one_a_day=False,
    occasion_label="klacht",
    fields=frozenset({"who", "role"}),
    choices={"settled": Settled.NOTHING.value},
    sample={"who": "ir. S. Voorbeeld", "role": "leidinggevende"},
)
CASE_MAILS = (CASE_ACK, CASE_CHECK_IN, FOLLOW_UP_MAIL)
MAILS = CASE_MAILS
MAIL_OF = {StepName.ACK: CASE_ACK, StepName.CHECK_IN: CASE_CHECK_IN, StepName.FOLLOW_UP: FOLLOW_UP_MAIL}
STEP_OF = {kind.id: name for name, kind in MAIL_OF.items()}


def came_by(case: Case) -> str:
    """How its complaint reached us, for the words of CASE_ACK: "phone", "mail" or "answer"."""
    if case.root != case.case_id:
        return "answer"
    if case.case_id.startswith(OF_CALLS):
        return "phone"
    return "mail" if case.case_id.startswith(OF_REPLIES) else "answer"
