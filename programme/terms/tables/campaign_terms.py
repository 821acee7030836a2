"""The templates of campaigns, as the programme file defines them."""

from typing import Annotated, Literal

from pydantic import Field

from programme.terms.kinds import EVERY_RULE, SURVEY_RULES, MailKind, Signer
from programme.terms.tables.parts import Part
from programme.words.states import HandFlow, Purpose, Topic

EventText = Literal["link", "event_on", "event_time", "place", "valid_from"]


class CampaignTemplate(Part):
    """A mail that marketers start by hand; its template is templates/mail/<id>.jinja."""

    label: str
    help: str  # Dutch, for the marketer: what it is for
    purpose: Purpose
    survey: bool = False  # a survey: service, its words its own, and who may get it by the rules of surveys alone
    topic: Topic  # under which clients can switch it off
    asks: tuple[EventText, ...] = ()  # what the marketer must fill in, besides subject and text
    grace_days: Annotated[int, Field(ge=0, le=90)]  # it may still go this many days after its moment
    priority: Annotated[int, Field(ge=0, le=100)]
    repeat_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    pause: bool = False
    signed_by: Signer

    def as_kind(self, template_id: str) -> MailKind:
        """The kind of mail that the template makes. The offer and the texts come later, from each campaign."""
        return MailKind(
            template_id,
            self.label,
            self.purpose,
            HandFlow.CAMPAIGN,
            self.priority,
            topic=self.topic,
            signed_by=self.signed_by,
            repeat_days=self.repeat_days,
            pause=self.pause,
            grace_days=self.grace_days,
            is_survey=self.survey,
            rules=SURVEY_RULES if self.survey else EVERY_RULE,
        )
