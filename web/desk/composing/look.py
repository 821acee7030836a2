"""All that stands beside the form: whom it reaches, the mail as three kinds of clients get it, and the verdict.

The number always belongs to the audience in the same look: both come from one reading of one form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from starlette.requests import Request

from programme.campaigns.audience.audience_words import audience_words, people_words, unasked_words
from programme.campaigns.campaign import Campaign, CampaignCount, needs_go
from programme.campaigns.form.faults import FormFault
from programme.campaigns.form.form_words import MESSAGE
from programme.campaigns.form.order import Order, read_order
from programme.campaigns.form.posted_form import form_of, template_of
from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.verdict.findings import Verdict
from programme.words.dates import AMSTERDAM
from programme.words.plain_text import clean
from programme.words.states import Outcome
from tasks.base.workspace import Workspace
from tasks.campaigns.checks import OrderRefused, check_order
from tasks.campaigns.composing.reach import CountedSoFar, count_reach, digest_of, reach_digest
from tasks.campaigns.mails import compose_samples
from tasks.checking.mail import check_kind
from tasks.mail.render import FieldMissing
from tasks.mail.renderers import renderer_of
from tasks.mail.templating.tagged import TemplateInvalid, TemplateMissing
from web.desk.composing.background import Background
from web.desk.composing.previews import MailPreview, Shelf, shelf_of
from web.desk.composing.verdict import Point, points_of
from web.desk.kept import kept_of
from web.desk.showing.words import WHY_NOT
from web.desk.visit import Visit

COUNT_SECONDS, VERDICT_SECONDS = 0.8, 0.2  # that somebody waits for what is not there yet
REACH, VERDICT = "reach", "verdict"  # what is worked out in the background
TEXT_PLACES = [name for name in MESSAGE if name != "name"]
NO_AUDIENCE = "een doelgroep die zo niet kan"


@dataclass(frozen=True)
class AudienceCount:
    """A count, and the audience and the day that it is of."""

    count: CampaignCount
    audience: str
    as_of: date


@dataclass(frozen=True)
class Look:
    """One look at one form.

    Attributes:
        audience: in words; NO_AUDIENCE when it has faults, and then there is no number.
        digest: of what the number belongs to; "" without a number.
        count: None while it is being counted, and without a right audience; `seen` is what was counted so far.
        verdict: None while it is being looked at, and when the texts have faults of their own.
    """

    name: str
    template: str
    audience: str
    unasked: list[str]
    as_of: date
    campaign: Campaign | None
    digest: str
    count: CampaignCount | None
    seen: CountedSoFar | None
    previews: list[MailPreview]
    verdict: Verdict | None
    faults: list[FormFault]
    points: list[Point]
    is_checkable: bool
    needs_go: bool

    @property
    def is_counting(self) -> bool:
        return bool(self.digest) and self.count is None

    @property
    def is_checking(self) -> bool:
        return self.is_checkable and self.verdict is None

    @property
    def musts(self) -> int:
        return sum(point.is_must for point in self.points)

    @property
    def is_ready(self) -> bool:
        """Whether it can be put ready: all is counted and looked at, and nothing has to be mended."""
        return self.count is not None and self.verdict is not None and not self.musts and self.count.to_send > 0

    @property
    def people(self) -> str:
        """ "41 mensen"; "" while that is not known."""
        return people_words(self.count.to_send) if self.count else ""

    @property
    def held(self) -> list[tuple[str, bool, int]]:
        """(why, whether they wait, how many) of those who do not get it now."""
        if self.count is None:
            return []
        had = [("De klant heeft deze mail al.", False, self.count.has_it)] if self.count.has_it else []
        return [(WHY_NOT[why], what == Outcome.DEFER, n) for what, why, n in self.count.reasons()] + had


def look_at(visit: Visit, asker: str, fields: Mapping[str, str]) -> Look:
    """Look at the form of these fields. `asker` is the draft: what it asked earlier need not be worked out any more."""
    workspace, programme = visit.workspace, visit.programme
    form, today = form_of(programme, fields), visit.today
    order = read_order(programme, form, today)
    people = order.people
    as_of = max(order.moment.date(), today) if order.moment else today
    template = template_of(programme, fields.get("template", ""))
    digest, counted, seen = _reach(visit, asker, people, as_of) if people else ("", None, None)
    count = counted.count if counted else None
    faults = faults_of(visit, form, order)
    is_checkable = people is not None and not any(fault.is_about(TEXT_PLACES) for fault in faults)
    verdict = _verdict(visit, asker, people, as_of) if people and is_checkable else None
    samples = count.samples if count else seen.samples if seen else []
    return Look(
        name=clean(fields.get("name", "")),
        template=template.label if template else "",
        audience=audience_words(programme, people.audience) if people else NO_AUDIENCE,
        unasked=unasked_words(people.audience) if people else [],
        as_of=as_of,
        campaign=people,
        digest=digest,
        count=count,
        seen=seen,
        previews=_previews(visit.request, workspace, people, samples, as_of) if people else [],
        verdict=verdict,
        faults=faults,
        points=points_of(faults, verdict, people, count),
        is_checkable=is_checkable,
        needs_go=bool(count and needs_go(programme, count.to_send, None)),
    )


def faults_of(visit: Visit, form: Mapping[str, Any], order: Order) -> list[FormFault]:
    """All faults of the form, those that only the database knows too."""
    try:
        check_order(visit.workspace, form, visit.at.astimezone(AMSTERDAM))
    except OrderRefused as refusal:
        return refusal.faults
    return order.faults


def find_counted(visit: Visit, digest: str) -> AudienceCount | None:
    """What was counted under this digest; None when that is no longer known."""
    found = kept_of(visit.request).peek((REACH, digest))
    return cast(AudienceCount | None, found)


def known_reach(visit: Visit, form: Mapping[str, Any]) -> int | None:
    """How many people a form reaches, when that was counted a while ago at most; None otherwise."""
    order = read_order(visit.programme, form, visit.today)
    if order.people is None:
        return None
    as_of = max(order.moment.date(), visit.today) if order.moment else visit.today
    counted = find_counted(visit, reach_digest(visit.workspace, order.people, as_of))
    return counted.count.to_send if counted else None


def _reach(
    visit: Visit, asker: str, campaign: Campaign, as_of: date
) -> tuple[str, AudienceCount | None, CountedSoFar | None]:
    workspace, audience = visit.workspace, audience_words(visit.programme, campaign.audience)
    digest = reach_digest(workspace, campaign, as_of)

    def work(watch: Callable[[CountedSoFar], None]) -> AudienceCount:
        return AudienceCount(count_reach(workspace, campaign, as_of, watch), audience, as_of)

    background = _background(visit.request, REACH)
    answer = background.ask(kept_of(visit.request), asker, digest, visit.at, work, COUNT_SECONDS)
    return digest, answer.whole, answer.seen


def _verdict(visit: Visit, asker: str, campaign: Campaign, as_of: date) -> Verdict | None:
    digest = digest_of(*_said(campaign, as_of))
    workspace, own = visit.workspace, visit.settings.templates

    def work(_: object) -> Verdict:
        return check_kind(renderer_of(workspace, campaign.kind), campaign.kind, as_of, own)

    background = _background(visit.request, VERDICT)
    return background.ask(kept_of(visit.request), asker, digest, visit.at, work, VERDICT_SECONDS).whole


def _previews(
    request: Request, workspace: Workspace, campaign: Campaign, samples: list[Decision], as_of: date
) -> list[MailPreview]:
    """The mail to one of each kind of these, under a made-up name; none when the words make no mail yet."""
    kinds = {_kind_words(workspace.programme, decision): decision for decision in reversed(samples)}
    chosen = list(reversed(kinds.values()))
    said = digest_of(*_said(campaign, as_of), *(f"{each.client_id} {each.segment} {each.tier}" for each in chosen))
    shelf = shelf_of(request)
    made = shelf.made.get(said)  # while people are counted, the same mails are asked for again and again
    if made is None:
        made = _composed(shelf, workspace, campaign, chosen, as_of)
        shelf.remember(said, made)
    return made


def _composed(
    shelf: Shelf, workspace: Workspace, campaign: Campaign, chosen: list[Decision], as_of: date
) -> list[MailPreview]:
    try:
        made = compose_samples(workspace, campaign, chosen, as_of)
    except (FieldMissing, TemplateInvalid, TemplateMissing, ValueError):
        return []
    return [
        MailPreview(
            _kind_words(workspace.programme, sample.decision),
            sample.mail.subject,
            sample.mail.sender_name,
            sample.mail.text,
            shelf.put(sample.mail.html),
        )
        for sample in made
    ]


def _said(campaign: Campaign, as_of: date) -> list[str]:
    """All that decides what the mails say, but for whom they are to."""
    return [campaign.template_id, campaign.copy, campaign.offer or "", as_of.isoformat()]


def _kind_words(programme: Programme, decision: Decision) -> str:
    """ "Verbouwer, Zilver"."""
    segment = next((each.label for each in programme.segments if each.id == decision.segment), decision.segment)
    tier = next((each.label for each in programme.tiers if each.id == decision.tier), "geen trede")
    return f"{segment}, {tier}"


def _background(request: Request, kind: str) -> Background:
    """Of the application that serves this request."""
    state = request.app.state
    if not hasattr(state, "desk_background"):
        state.desk_background = {name: Background(name) for name in (REACH, VERDICT)}
    return cast(dict[str, Background], state.desk_background)[kind]
