"""The mails of a case: service, never an offer; rules 1 and 2 alone stop them (programme section 4)."""

from programme.care.case import StepName
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
    fields=frozenset({"who", "role", "by"}),
    choices={"has_phone": True},
    sample={"who": "ir. S. Voorbeeld", "role": "leidinggevende", "by": "maandag 9 maart om 16.00 uur"},
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
    sample={"who": "ir. S. Voorbeeld", "role": "leidinggevende"},
)
CASE_MAILS = (CASE_ACK, CASE_CHECK_IN, FOLLOW_UP_MAIL)
MAILS = CASE_MAILS
MAIL_OF = {StepName.ACK: CASE_ACK, StepName.CHECK_IN: CASE_CHECK_IN, StepName.FOLLOW_UP: FOLLOW_UP_MAIL}
STEP_OF = {kind.id: name for name, kind in MAIL_OF.items()}
