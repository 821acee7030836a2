"""/desk/campaigns: which campaigns wait for a go, and what became of the campaigns and of every other mail."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from programme.campaigns.audience.audience_words import audience_words, people_words
from programme.campaigns.form.order import read_order
from programme.campaigns.go import may_stop
from programme.figures.families.funnels import Funnel
from programme.figures.families.losses import audience_of, largest_losses, stages_of
from programme.figures.page.sections.mails import label_of
from programme.figures.page.words import rate_words
from programme.words.states import Outcome, Reason
from programme.words.wording import reason_text, status_text
from tasks.campaigns.goes.keeping import list_held_up, list_waiting
from tasks.campaigns.results import (
    Reached,
    StoredCampaign,
    find_stored,
    list_campaigns,
    list_gone,
    list_reached,
    read_waiting,
)
from tasks.campaigns.stopping import read_gone
from tasks.figures.families.deliveries import Split
from tasks.figures.families.mail_results import read_mail_results
from web.desk.gate import DeskRouter
from web.desk.goes import goes_of
from web.desk.kept import PATIENCE_SECONDS, kept_of
from web.desk.pages.marketing.drafts import listed_drafts
from web.desk.pages.marketing.stopping import started_by
from web.desk.showing.moments import paged
from web.desk.visit import NotThere, Visit

router = DeskRouter()

CAMPAIGN_ROWS = 25
PEOPLE_ROWS = 50
HELD_UP_DAYS = 14  # for which it stays on the list that a campaign did not go
DRAFT_ROWS = 5
COUNTED_DAYS = 365  # the numbers are of the last twelve months
PARTS_SECONDS = 2.0  # that a visitor waits for the parts, where the whole is there
WHO = (
    ("", "", "Iedereen"),
    ("gekregen", Outcome.SEND, "Aan de beurt"),
    ("later", Outcome.DEFER, "Wacht"),
    ("niet", Outcome.SKIP, "Krijgt hem niet"),
)


@router.page("/desk/campaigns")
def show_campaigns(visit: Visit) -> Response:
    goes = goes_of(visit.request)
    runs = goes.look()
    since = visit.at - timedelta(days=HELD_UP_DAYS)
    first = (visit.page_number - 1) * CAMPAIGN_ROWS
    found = list_campaigns(visit.engine, visit.programme, first, CAMPAIGN_ROWS + 1)
    funnels = _funnels(visit)
    gone = list_gone(visit.engine, [each.name for each in found if _of(funnels, each) is None])
    return visit.show(
        "campaigns.html",
        runs=runs,
        goes=goes,
        asked=[(each, audience_of_form(visit, each.form)) for each in list_waiting(visit.engine, visit.at)],
        held_up=list_held_up(visit.engine, since),
        drafts=listed_drafts(visit, 0, DRAFT_ROWS),
        people_of=_people_of,
        uncounted=lambda campaign: _uncounted(visit, campaign, campaign.name in gone),
        pages=paged([(each, _of(funnels, each)) for each in found], visit.page_number, CAMPAIGN_ROWS),
        touchpoints=_touchpoints(visit, funnels),
        is_counted=funnels is not None,
        window_days=visit.programme.figures.window_days,
    )


@router.page("/desk/campaigns/results/{name:path}")
def show_campaign(visit: Visit) -> Response:
    campaign = find_stored(visit.engine, visit.programme, visit.path["name"])
    if campaign is None:
        raise NotThere
    funnels = _funnels(visit)
    funnel = _of(funnels, campaign)
    stages = stages_of(funnel, visit.programme.figures.window_days) if funnel else []
    asked, outcome, _ = next((each for each in WHO if each[0] == visit.query.get("wie", "")), WHO[0])
    first = (visit.page_number - 1) * PEOPLE_ROWS
    reason = visit.query.get("reden", "")
    reason = reason if reason in set(Reason) else ""
    people = list_reached(visit.engine, campaign, outcome, first, PEOPLE_ROWS + 1, reason)
    return visit.show(
        "campaign.html",
        here="/desk/campaigns",
        campaign=campaign,
        kind=visit.programme.campaigns.get(campaign.template),
        funnel=funnel,
        is_counted=funnels is not None,
        is_old=_is_old(visit, campaign),
        audience=audience_of(funnel) if funnel else 0,
        stages=stages,
        losses=largest_losses(stages),
        splits=_splits(visit, campaign),
        waiting=read_waiting(visit.engine, campaign),
        gone=read_gone(visit.engine, campaign.name),
        may_stop=may_stop(visit.person, started_by(visit, campaign.name)),
        who=WHO,
        asked=None if reason else asked,
        reason=reason,
        why=lambda code: reason_text(code).rstrip("."),
        share=lambda k, n: rate_words(k, n, visit.programme.figures.small_n),
        decided=set(Reason),
        quieter={Reason.OUTRANKED, Reason.FREQUENCY_CAP},
        told=_told,
        pages=paged(people, visit.page_number, PEOPLE_ROWS),
    )


def audience_of_form(visit: Visit, form: Mapping[str, Any]) -> str:
    """Whom a form is for, in words."""
    people = read_order(visit.programme, form, visit.today).people
    return audience_words(visit.programme, people.audience) if people else "een doelgroep die zo niet kan"


def _people_of(funnel: Funnel | None) -> str:
    """ "; 41 mensen" behind an audience; "" when nothing is known of it."""
    return f"; {people_words(number)}" if funnel and (number := audience_of(funnel)) else ""


def _uncounted(visit: Visit, campaign: StoredCampaign, is_gone: bool) -> str:
    """What stands in the list for the numbers of a campaign that has none; they are counted now and then."""
    if not is_gone:
        return "nog niets verstuurd"
    if _is_old(visit, campaign):
        return "verstuurd, meer dan een jaar geleden"
    return "verstuurd; de cijfers komen binnen een kwartier"


def _is_old(visit: Visit, campaign: StoredCampaign) -> bool:
    """Whether it went too long ago to be counted."""
    return campaign.first_on <= visit.today - timedelta(days=COUNTED_DAYS)


def _told(reached: Reached) -> str:
    """What became of the mail to one client; without a mail, why."""
    return status_text(reached.status) + "." if reached.status else reason_text(reached.reason)


def _funnels(visit: Visit, split: Split | None = None, patience: float = PATIENCE_SECONDS) -> tuple[Funnel, ...] | None:
    """Of the 12 months to today; None while they are being counted."""
    engine, programme, today = visit.engine, visit.programme, visit.today
    return kept_of(visit.request).get(
        ("mails", today, split), visit.at, lambda: read_mail_results(engine, programme, today, split), patience
    )


def _of(funnels: Sequence[Funnel] | None, campaign: StoredCampaign) -> Funnel | None:
    keys = (campaign.template, campaign.name)
    return next((each for each in funnels or () if (each.touchpoint, each.campaign) == keys), None)


def _touchpoints(visit: Visit, funnels: Sequence[Funnel] | None) -> list[tuple[str, Funnel]]:
    """What goes by itself, in the order of the programme, then the mails of rooms."""
    order = {name: place for place, name in enumerate(visit.programme.touchpoints)}
    own = [each for each in funnels or () if each.campaign is None]
    own.sort(key=lambda each: (order.get(each.touchpoint, len(order)), each.touchpoint))
    return [(label_of(each, visit.programme), each) for each in own]


def _splits(visit: Visit, campaign: StoredCampaign) -> list[tuple[str, list[tuple[str, Funnel]]]] | None:
    """(heading, lines) by segment and by tier, in the order of the programme; None while they are being counted."""
    programme = visit.programme
    segments = {each.id: each.label for each in programme.segments}
    tiers = {each.id: each.label for each in programme.tiers}
    found = []
    for heading, split, labels, none in (
        ("Segment", Split.SEGMENT, segments, "Onbekend"),
        ("Niveau", Split.TIER, tiers, "Geen niveau"),
    ):
        order = {name: place for place, name in enumerate(labels)}
        keys = (campaign.template, campaign.name)
        funnels = _funnels(visit, split, PARTS_SECONDS)
        if funnels is None:
            return None
        own = [each for each in funnels if (each.touchpoint, each.campaign) == keys]
        own.sort(key=lambda each: order.get(getattr(each, split) or "", len(order)))
        lines = [(labels.get(key, key) if (key := getattr(each, split)) else none, each) for each in own]
        found.append((heading, lines))
    return found
