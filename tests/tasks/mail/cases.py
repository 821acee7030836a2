"""The mails whose golden files are kept: each touchpoint, and each block that appears only for some clients."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from markupsafe import escape

from programme.facts.records import Client, Delivery, Project, Recipient, WonReferral
from programme.rules.due import Occasion, latest_occasion
from programme.terms.kinds import Choice, MailKind
from tasks.mail.render import Mail, Renderer, TaggedText
from tests import factories

KEY = b"a fixed key of the golden files"
BASE_URL = "https://mail.bureaubroersma.example"
IBAN = "NL•• ABNA •••• •• 4300"
# Without parentheses and asterisks: with a note in it, a name is no name to greet by.
HOSTILE_NAME = '<script>alert`1`</script> {{7+7}} [[code]] -name- "=cmd"\r\nBcc: x@y.nl'


@dataclass(frozen=True)
class MailCase:
    """A touchpoint, the client's facts and the day."""

    touchpoint: str
    client: Client
    as_of: date
    values: Mapping[str, Choice] | None = None  # of a kind that a room makes, what its mail says

    @property
    def recipient(self) -> Recipient:
        return Recipient(self.client.recipient, (self.client,))

    def kind(self, renderer: Renderer) -> MailKind:
        kind = renderer.kinds[self.touchpoint]
        return kind if self.values is None else kind.saying(self.values)

    def occasion(self) -> Occasion:
        if self.values is not None or not factories.shipped_programme().kinds[self.touchpoint].anchor:
            return Occasion("R1", self.as_of, self.as_of, self.as_of, None, None)
        found = latest_occasion(factories.shipped_programme(), self.touchpoint, self.client, self.recipient, self.as_of)
        assert found is not None
        return found

    def mail(self, renderer: Renderer) -> Mail:
        return renderer.compose(self.kind(renderer), self.occasion(), self.client, self.recipient, self.as_of, KEY)

    def preheader(self, renderer: Renderer) -> str:
        _, context = renderer.context(
            self.kind(renderer), self.occasion(), self.client, self.recipient, self.as_of, KEY
        )
        escaped = {name: str(escape(value)) for name, value in context.fields.items()}
        return TaggedText(renderer.compiled(self.touchpoint, context.variant).preheader).fill(escaped)


def renderer() -> Renderer:
    return Renderer(factories.shipped_programme(), BASE_URL)


def project(project_id: str, delivered_on: date, **changes: Any) -> Project:
    return factories.project(project_id, ordered_on=delivered_on, delivered_on=delivered_on, **changes)


def case(touchpoint: str, as_of: date, *projects: Project, **changes: Any) -> MailCase:
    defaults: dict[str, Any] = {"code": "7Q2KD9XA", "last_activity_on": date(2025, 9, 2)}
    return MailCase(touchpoint, factories.client(projects=projects, **(defaults | changes)), as_of)


def room_case(kind_id: str, **values: Choice) -> MailCase:
    """A mail that a room makes, to a client with a large project, whose engineer says nothing personal in it."""
    sample = factories.shipped_programme().kinds[kind_id].sample
    made = case(kind_id, date(2026, 6, 2), LARGE)
    return replace(made, values={**sample, **values})


DORMER = project("P1", date(2025, 9, 2))
SMALL = project("P1", date(2025, 3, 3), value_cents=70_000)
EXTENSION = project("P2", date(2025, 3, 3), type="uitbouw", address="Havenkade 7")
LARGE = project("P2", date(2025, 9, 2), type="uitbouw", value_cents=620_000)
WALL = project("P3", date(2025, 9, 2), type="draagmuur")
WON = tuple(WonReferral(f"R{number}", "C1", (Delivery(date(2026, 3, 1), None),)) for number in range(1, 3))

CASES = {
    "feedback_request": case("feedback_request", date(2025, 9, 5), DORMER),
    "feedback_request-professional": case(
        "feedback_request", date(2025, 9, 5), DORMER, kind="aannemer", name="Bouwbedrijf Van Dam B.V."
    ),
    "feedback_request-hostile-name": case("feedback_request", date(2025, 9, 5), DORMER, name=f"{HOSTILE_NAME} & Zn."),
    "check_in": case("check_in", date(2025, 9, 16), DORMER),
    "check_in-starter": case("check_in", date(2025, 9, 16), DORMER._replace(built_year=2023)),
    "check_in-overig-late": case("check_in", date(2025, 9, 22), DORMER._replace(type="overig")),
    "check_in-unknown-engineer": case("check_in", date(2025, 9, 16), DORMER._replace(engineer=None, address=None)),
    "permit_check": case("permit_check", date(2025, 10, 28), DORMER),
    "permit_check-monument": case("permit_check", date(2025, 10, 28), DORMER._replace(monument=True)),
    "permit_check-aannemer": case("permit_check", date(2025, 10, 28), DORMER, kind="aannemer"),
    "permit_check-together": case("permit_check", date(2025, 10, 28), DORMER, WALL),
    "feedback_request-together": case(
        "feedback_request", date(2025, 9, 5), DORMER, DORMER._replace(project_id="P4", address="Havenkade 7")
    ),
    "build_check": case("build_check", date(2026, 1, 2), DORMER),
    "build_check-no-consent": case("build_check", date(2026, 1, 2), DORMER, EXTENSION, consent="no"),
    "anniversary": case("anniversary", date(2026, 9, 4), DORMER),
    "anniversary-personal": case("anniversary", date(2026, 9, 4), LARGE),
    "anniversary-loyal": case("anniversary", date(2026, 9, 4), EXTENSION, DORMER),
    "anniversary-verbouwer": case("anniversary", date(2026, 9, 4), SMALL, DORMER._replace(project_id="P5")),
    "anniversary-aannemer": case("anniversary", date(2026, 9, 4), EXTENSION, DORMER, kind="aannemer"),
    "anniversary-architect": case("anniversary", date(2026, 9, 4), DORMER, kind="architect"),
    "anniversary-tier-instead-of-code": case("anniversary", date(2026, 9, 4), SMALL, EXTENSION, WALL),
    "seasonal-voorjaar": case("seasonal", date(2026, 3, 5), DORMER),
    "seasonal-najaar": case("seasonal", date(2025, 9, 5), EXTENSION),
    "seasonal-starter": case("seasonal", date(2026, 3, 5), DORMER._replace(built_year=2023)),
    "seasonal-aannemer": case("seasonal", date(2025, 9, 5), EXTENSION, kind="aannemer"),
    "seasonal-investeerder": case("seasonal", date(2026, 3, 5), EXTENSION, DORMER),
    "dakkapel_to_uitbouw": case("dakkapel_to_uitbouw", date(2026, 3, 5), DORMER),
    "uitbouw_to_draagmuur": case("uitbouw_to_draagmuur", date(2025, 6, 3), EXTENSION),
    "uitbouw_to_draagmuur-investeerder": case(
        "uitbouw_to_draagmuur", date(2025, 6, 3), EXTENSION, SMALL._replace(address="Dam 2", postcode="8911 CD")
    ),
    "uitbouw_to_draagmuur-loyal": case("uitbouw_to_draagmuur", date(2025, 6, 3), SMALL, EXTENSION),
    "draagmuur_to_uitbouw": case("draagmuur_to_uitbouw", date(2026, 3, 2), WALL),
    "small_to_large": case("small_to_large", date(2026, 3, 3), SMALL),
    "tier_upgrade-zilver": case("tier_upgrade", date(2025, 9, 2), EXTENSION, DORMER),
    "tier_upgrade-goud": case("tier_upgrade", date(2025, 9, 2), SMALL, EXTENSION, WALL),
    "tier_upgrade-platinum": case("tier_upgrade", date(2025, 9, 2), EXTENSION, LARGE._replace(value_cents=990_050)),
    "tier_upgrade-referrals": case("tier_upgrade", date(2026, 3, 1), won_referrals=WON),
    "review_reminder": case("review_reminder", date(2025, 10, 2), DORMER),
    "quote_rejected": case("quote_rejected", date(2026, 2, 22), DORMER, quotes=(factories.quote(),)),
    "quote_rejected-no-project": case("quote_rejected", date(2026, 2, 22), quotes=(factories.quote(type=None),)),
    "win_back": case("win_back", date(2026, 3, 2), DORMER),
    "win_back-architect": case("win_back", date(2026, 3, 2), DORMER, kind="architect"),
    "win_back-platinum": case("win_back", date(2026, 3, 2), LARGE._replace(value_cents=1_200_000)),
    "survey_nps": case("survey_nps", date(2026, 3, 2), DORMER),
    "survey_nps-investeerder": case("survey_nps", date(2026, 3, 2), DORMER, EXTENSION),
    "survey_csat": case("survey_csat", date(2026, 3, 2), DORMER),
    "survey_csat-together": case("survey_csat", date(2026, 3, 2), DORMER, WALL),
    "survey_ces": case("survey_ces", date(2026, 3, 2), DORMER),
    "survey_loyalty": case("survey_loyalty", date(2026, 3, 2), DORMER),
    "survey_loyalty-aannemer": case("survey_loyalty", date(2026, 3, 2), DORMER, kind="aannemer"),
    "reward_earned": room_case("reward_earned", has_account=True, iban=IBAN, has_extra=False, total="€ 100"),
    "reward_earned-extra": room_case("reward_earned", has_extra=True),
    "reward_earned-under-review": room_case("reward_earned", is_under_review=True, has_extra=False, total="€ 100"),
    "reward_earned-free": room_case(
        "reward_earned", is_free=True, has_account=True, iban=IBAN, has_extra=False, total="€ 100"
    ),
    "reward_earned-debt": room_case("reward_earned", has_debt=True, has_account=True, iban=IBAN),
    "reward_earned-small": room_case("reward_earned", is_small=True, has_extra=False, total="€ 100"),
    "reward_paid": room_case("reward_paid"),
    "reward_paid-commission": room_case(
        "reward_paid", is_commission=True, has_vat=True, remittance="Bouwclub commissie 2026-1 S20260601-1-0002"
    ),
    "iban_request": room_case("iban_request"),
    "iban_request-invalid": room_case("iban_request", missing="invalid"),
    "iban_request-returned": room_case("iban_request", missing="returned"),
    "iban_request-last": room_case("iban_request", missing="holder", is_last=True),
    "iban_link": room_case("iban_link"),
    "iban_changed": room_case("iban_changed"),
    "case_ack": room_case("case_ack"),
    "case_ack-no-phone": room_case("case_ack", has_phone=False),
    "case_ack-closed": room_case("case_ack", has_closed_days=True),
    "case_ack-phone": room_case("case_ack", came_by="phone"),
    "case_ack-unsolved": room_case("case_ack", before="unsolved"),
    "case_ack-earlier": room_case("case_ack", before="earlier"),
    "case_check_in": room_case("case_check_in"),
    "case_check_in-calls-again": room_case("case_check_in", calls_again=True, higher="ir. S. Voorbeeld"),
    "case_check_in-talked": room_case("case_check_in", settled="talked"),
    "case_check_in-not-reached": room_case("case_check_in", settled="nothing"),
    "case_follow_up": room_case("case_follow_up"),
    "case_follow_up-talked": room_case("case_follow_up", settled="talked"),
    "iban_changed-hostile-holder": room_case("iban_changed", holder=HOSTILE_NAME),
}
