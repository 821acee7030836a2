"""The mails that marketers start by hand, as the programme file has them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from programme.terms.parts import Part
from programme.words.states import Purpose

EventText = Literal["link", "event_on", "event_time", "place", "valid_from"]


class CampaignTemplate(Part):
    """A mail that marketers start by hand; its template is templates/mail/<id>.mjml and .txt."""

    label: str
    help: str  # Dutch, for the marketer: what it is for
    purpose: Purpose
    asks: tuple[EventText, ...] = ()  # beside subject and text, what the marketer must fill in
    grace_days: Annotated[int, Field(ge=0, le=90)]  # so many days after its moment it may still go
    priority: Annotated[int, Field(ge=0, le=100)]
    repeat_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    pause: bool = False
    signed_by: Literal["team", "engineer"]

    anchor: ClassVar[str] = "campaign"
    target: ClassVar[None] = None
    ends_with_referral: ClassVar[bool] = False
