"""Whether a campaign may start: checks the form against stored campaigns, and reports all faults at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from programme.campaigns.campaign import Campaign
from programme.campaigns.form.faults import FormFault
from programme.campaigns.form.form_words import MESSAGE, SENDING
from programme.campaigns.form.order import read_order
from programme.campaigns.texts import CampaignTexts
from programme.words.dates import AMSTERDAM
from programme.words.wording import date_words
from tasks.base.workspace import Workspace
from tasks.campaigns.mails import is_suppressed
from tasks.campaigns.register import Registered, find_campaign

SUPPRESSED = "dit adres staat op de lijst van adressen die geen mail krijgen."


class OrderRefused(Exception):
    """A campaign cannot start as it was filled in.

    Attributes:
        faults: all faults, at least one; Dutch sentences for the marketer.
    """

    def __init__(self, faults: list[FormFault]) -> None:
        super().__init__("De campagne kan zo niet: " + " ".join(faults))
        self.faults = faults


class AcceptedOrder(NamedTuple):
    """An order without faults.

    Attributes:
        moment: when it must go (aware); None for at once.
        test_address: "" for none.
    """

    campaign: Campaign
    moment: datetime | None
    test_address: str


def check_order(workspace: Workspace, form: Mapping[str, Any], now: datetime) -> AcceptedOrder:
    """The order in a form, as it may start now; a campaign that already has messages keeps its first day.

    Args:
        form: the three groups of the form, see programme.campaigns.form.order.
        now: aware, in Amsterdam.

    Raises:
        OrderRefused: with every fault.
    """
    today = now.date()
    order = read_order(workspace.programme, form, today)
    faults = list(order.faults)
    if order.test_address and is_suppressed(workspace, order.test_address, today):
        faults.append(FormFault(f"{SENDING['test_address'].label}: {SUPPRESSED}", "test_address"))
    kept = find_campaign(workspace.engine, order.campaign, order.moment) if order.campaign else None
    if order.moment and order.moment < now and not (kept and kept.starts_at == order.moment):
        when = f"{date_words(order.moment.date())} om {order.moment:%H.%M} uur"
        text = f"{when} is al voorbij. Kies een later moment, of laat de dag leeg."
        faults.append(FormFault(f"{SENDING['day'].label}: {text}", "day"))
    campaign = order.campaign
    if campaign:
        faults += _faults_of_event(campaign.texts, max(order.moment or now, now))
    if campaign and kept:
        if kept.has_messages:
            campaign = replace(campaign, first_on=kept.first_on)
        faults += _faults_of_name(kept)
    if campaign and campaign.closes_on < today:
        text = f"deze campagne is gesloten sinds {date_words(campaign.closes_on)}. Kies een nieuwe naam."
        faults.append(FormFault(f"{MESSAGE['name'].label}: {text}", "name"))
    if faults or campaign is None:
        raise OrderRefused(faults)
    return AcceptedOrder(campaign, order.moment, order.test_address)


def _faults_of_event(texts: CampaignTexts, at: datetime) -> list[FormFault]:
    """An invitation to what has begun by the moment when it goes, also for those who had to wait until that day."""
    if not (texts.event_on and texts.event_time) or datetime.combine(texts.event_on, texts.event_time, AMSTERDAM) > at:
        return []
    text = f"om {texts.event_time:%H.%M} uur is het al begonnen als de mail gaat. Kies een later begin."
    return [FormFault(f"{MESSAGE['event_time'].label}: {text}", "event_time")]


def _faults_of_name(kept: Registered) -> list[FormFault]:
    label = MESSAGE["name"].label
    if kept.withdrawn_by:
        text = f"dit is de naam van een campagne die is gestopt door {kept.withdrawn_by}. Kies een nieuwe naam."
        return [FormFault(f"{label}: {text}", "name")]
    if kept.has_messages and not kept.is_same:
        text = "onder deze naam ging al een mail met een andere tekst, een ander sjabloon of een ander aanbod uit"
        return [FormFault(f"{label}: {text}. Kies een nieuwe naam, of zet alles terug zoals het was.", "name")]
    return []
