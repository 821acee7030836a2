"""The mails to people of the firm whose golden files are kept: each kind, with a desk and without one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from programme.campaigns.staff_mails import STAFF_CAMPAIGN, answer_values, asking_values, stopped_values
from programme.care.staff_mails import STAFF_CASE_MISSED, STAFF_CASE_RAISED, STAFF_CASE_TASK, STAFF_DIGEST
from programme.figures.staff_mails import FIGURES_READY
from programme.inbound.forwards import REPLY_FORWARD
from programme.referrals.mails import BATCH_PREPARED, batch_values
from programme.terms.kinds import Choice, MailKind
from tasks.desk.login_mail import LOGIN_LINK
from tasks.mail.render import Mail, Renderer
from tests import factories
from tests.tasks.mail.cases import BASE_URL, HOSTILE_NAME

DAY = date(2026, 3, 2)


class _Row(NamedTuple):
    message_id: str
    touchpoint: str
    recipient: str
    sender_name: str
    variant: str
    fields: str


@dataclass(frozen=True)
class StaffCase:
    """A kind and its values, as the room that sends it gives them."""

    kind: MailKind
    values: Mapping[str, Choice]

    def mail(self) -> Mail:
        own = self.kind.saying(self.values).values
        choices = {name: value for name, value in own.items() if name in self.kind.choices}
        fields = {name: value for name, value in own.items() if name not in self.kind.choices}
        texts = fields | {"name": "Anke Wiersma", "unsubscribe_url": "mailto:x@y.nl"}
        brand = factories.shipped_programme().brand
        row = _Row(
            "m-staff", self.kind.id, "a.wiersma@bureaubroersma.example", brand.sender_name,
            json.dumps(choices), json.dumps(texts),
        )  # fmt: skip
        renderer = Renderer(factories.shipped_programme(), BASE_URL, campaign=self.kind)
        return replace(renderer.mail(row, row.variant, DAY), is_automatic=True)


def _desk(path: str, command: str) -> dict[str, Choice]:
    return {"link_url": f"{BASE_URL}/desk{path}", "command": command, "has_desk": True}


CASE = {"client_id": "C1042", "step": "bellen", "by": "maandag 2 maart om 16.00 uur"}
ON_DESK = CASE | _desk("/tasks/case_call:C1042:F1", "bouwclub tasks show case_call:C1042:F1")
OWN_TASKS = "bouwclub tasks list --owner 'Anke Wiersma'"
TASKS = {"title": "7 taken: 1 te laat, 2 voor vandaag", "open": "staan 7 taken", "late": "1", "today": "2"}
FIGURES = {
    "title": "Cijfers van 1 maart 2026", "lead": "Drie van de zeven doelen zijn gehaald.",
    "link_url": f"{BASE_URL}/desk/figures",
    "act": "vraag klanten een maand na de berekening om een beoordeling",
    "repeat_customer_rate": "● Klanten die terugkomen: 25% (89 van 358), het doel is 15%",
    "months_to_repeat": "◐ Tijd tot het volgende project: 14,2 maanden (21 klanten), het doel is 12",
    "nps": "◐ Aanbeveling (NPS): 43 (87 antwoorden), het doel is 60",
    "referral_rate": "○ Aanbevolen door klanten: 8% (23 van 284), het doel is 25%",
    "churn_rate": "○ Weggegaan: 29% (61 van 212), het doel is 10%",
    "email_engagement": "– Mail gelezen: niet gemeten", "answer_rate": "– Antwoord op een vraag: 16% (96 van 610)",
    "retention_rate": "– Klanten gebleven: 71% (151 van 212)",
}  # fmt: skip
CAME: dict[str, Choice] = {
    "client_id": "C1042", "came_on": "maandag 2 maart 2026", "came_at": "9.12",
    "sender": "jan@voorbeeld.nl", "subject_line": "Vraag over de balk", "link_url": f"{BASE_URL}/desk/clients/C1042",
    "words": "Goedemorgen,\n\nIs de balk van 240 mm ook goed als HEA?\nMijn aannemer vraagt het.\n\nGroet, Jan",
    "is_known": True,
}  # fmt: skip

GO = {"link_url": f"{BASE_URL}/desk/campaigns/goes/3f9a"}
MOMENT = datetime(2026, 3, 3, 9, tzinfo=UTC)

STAFF_CASES: Mapping[str, StaffCase] = {
    "staff_campaign": StaffCase(
        STAFF_CAMPAIGN,
        asking_values("lentebrief-2026", "verbouwers met postcode 8900–8999", 41, MOMENT, "Bas Hoekstra") | GO,
    ),
    "staff_campaign-no-hostile": StaffCase(
        STAFF_CAMPAIGN, answer_values("lentebrief-2026", False, "Jeroen Broersma", f"Te vroeg. {HOSTILE_NAME}") | GO
    ),
    "staff_campaign-stopped": StaffCase(
        STAFF_CAMPAIGN,
        stopped_values("lentebrief-2026", "Anders dan Jeroen Broersma goedkeurde: het moment.") | GO,
    ),
    "login_link": StaffCase(LOGIN_LINK, {"link_url": f"{BASE_URL}/desk/in/x"}),
    "batch_prepared": StaffCase(
        BATCH_PREPARED,
        {**batch_values("S20260302-1", "Bas Hoekstra", 125_000, 7, 2), "link_url": f"{BASE_URL}/desk/payouts"},
    ),
    "batch_prepared-no-desk": StaffCase(
        BATCH_PREPARED, {**batch_values("S20260302-1", "Bas Hoekstra", 5_000, 1, 0), "link_url": "", "has_desk": False}
    ),
    "staff_digest": StaffCase(STAFF_DIGEST, TASKS | _desk("", OWN_TASKS)),
    "staff_digest-no-desk": StaffCase(STAFF_DIGEST, TASKS | _desk("", OWN_TASKS) | {"has_desk": False}),
    "staff_case_task": StaffCase(STAFF_CASE_TASK, ON_DESK),
    "staff_case_task-no-desk": StaffCase(STAFF_CASE_TASK, ON_DESK | {"has_desk": False}),
    "staff_case_raised": StaffCase(STAFF_CASE_RAISED, ON_DESK),
    "staff_case_missed": StaffCase(STAFF_CASE_MISSED, ON_DESK),
    "staff_figures": StaffCase(FIGURES_READY, FIGURES),
    "reply_forward": StaffCase(REPLY_FORWARD, CAME),
    "reply_forward-unknown": StaffCase(REPLY_FORWARD, CAME | {"is_known": False, "client_id": "", "has_files": True}),
    "reply_forward-not-read": StaffCase(
        REPLY_FORWARD, CAME | {"is_whole": False, "has_desk": False, "words": HOSTILE_NAME}
    ),
}
