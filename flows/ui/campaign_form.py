"""The form on which a marketer starts a campaign: what the Prefect UI shows, with the programme's own choices.

Every value has a type that the UI renders as a proper field. Nothing is checked here: the UI's checks can be switched
off, so programme/campaigns/form/order.py reads what comes in, whatever it is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from prefect.input import RunInput
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    create_model,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from models.settings import read_settings
from programme.campaigns.audience.audience_words import people_words
from programme.campaigns.audience.traits import TRAITS, Shape, Trait
from programme.campaigns.campaign import Campaign, CampaignCount
from programme.campaigns.form import options
from programme.campaigns.form.form_words import (
    AUDIENCE,
    DEFAULT_HOUR,
    HOURS,
    MESSAGE,
    MOST_MONTHS,
    NO_OFFER,
    SENDING,
    Words,
)
from programme.terms.schema import Programme
from tasks.base.programme_file import load_programme


@cache
def _programme() -> Programme:
    return load_programme(read_settings().programme)


class OneOf:
    """Shows a text as a list to choose from; the choices are those of the programme that is deployed."""

    def __init__(self, of: Callable[[Programme], Sequence[options.Option]] | None) -> None:
        self._of = of or (lambda _: ())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "enum": [option.label for option in self._of(_programme())]}


def _told(words: Mapping[str, Words], key: str, default: Any, **more: Any) -> Any:
    return Field(default, title=words[key].label, description=words[key].help, **more)


def _required(*keys: str) -> Callable[[dict[str, Any]], None]:
    """Marks fields as required in the form, although their absence is told with all other faults."""

    def mark(schema: dict[str, Any]) -> None:
        schema["required"] = list(keys)
        for key in keys:
            schema["properties"][key].pop("default", None)
        _leave_out_nothing(schema)

    return mark


def _leave_out_nothing(schema: dict[str, Any]) -> None:
    """An empty day is one that is not there: null is no day."""
    for field in schema["properties"].values():
        if field.get("default", "") is None:
            del field["default"]


Template = Annotated[str, OneOf(options.templates)]
Offer = Annotated[str, OneOf(options.offers)]
# A picker that may stay empty. As `date | None` the UI would first ask for the type.
Day = Annotated[date | None, WithJsonSchema({"type": "string", "format": "date"})]
Months = Annotated[int, Field(ge=0, le=MOST_MONTHS)]


class MessageForm(BaseModel):
    """What is sent."""

    model_config = ConfigDict(json_schema_extra=_required("name", "template"))

    name: str = _told(MESSAGE, "name", "")
    template: Template = _told(MESSAGE, "template", "")
    subject: str = _told(MESSAGE, "subject", "")
    title: str = _told(MESSAGE, "title", "")
    intro: str = _told(MESSAGE, "intro", "")
    body: str = _told(MESSAGE, "body", "")
    link_url: str = _told(MESSAGE, "link_url", "")
    link_label: str = _told(MESSAGE, "link_label", "")
    event_on: Day = _told(MESSAGE, "event_on", None)
    event_time: str = _told(MESSAGE, "event_time", "")
    place: str = _told(MESSAGE, "place", "")
    valid_from: Day = _told(MESSAGE, "valid_from", None)
    offer: Offer = _told(MESSAGE, "offer", NO_OFFER)


def _traits_form() -> type[BaseModel]:
    """A field for each trait of the programme's rules."""
    fields: dict[str, Any] = {trait.name: _field_of(trait) for trait in TRAITS.values()}
    about = "Traits of a client, each asked for when it is filled in."
    shown = ConfigDict(title="Kenmerken")  # where the UI names the choice by its type
    made: type[BaseModel] = create_model("TraitsForm", __config__=shown, __doc__=about, __module__=__name__, **fields)
    return made


def _field_of(trait: Trait) -> tuple[Any, Any]:
    kinds: dict[Shape, tuple[Any, Any]] = {
        Shape.SEVERAL: (list[Annotated[str, OneOf(trait.options)]], []),
        Shape.AREAS: (str, ""),
        Shape.FLAG: (bool, False),
        Shape.MONTHS: (Months, 0),
    }
    kind, default = kinds[trait.shape]
    return kind, Field(default, title=trait.words.label, description=trait.words.help)


TraitsForm: Any = _traits_form()


class AudienceForm(BaseModel):
    """Who gets it."""

    all_of: TraitsForm = _told(AUDIENCE, "all_of", TraitsForm())
    # Seldom asked, and as long as the first: the UI folds each away behind a choice.
    any_of: TraitsForm | None = _told(AUDIENCE, "any_of", None)
    none_of: TraitsForm | None = _told(AUDIENCE, "none_of", None)


class SendingForm(BaseModel):
    """When, and where a test mail goes."""

    model_config = ConfigDict(json_schema_extra=_leave_out_nothing)

    day: Day = _told(SENDING, "day", None)
    hour: Annotated[str, Field(json_schema_extra={"enum": list(HOURS)})] = _told(SENDING, "hour", DEFAULT_HOUR)
    test_address: str = _told(SENDING, "test_address", "")

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None}


EVERYONE = AudienceForm()
AT_ONCE = SendingForm()


class GoInput(RunInput):
    """The question to whoever may give the go for a large campaign."""

    decision: Literal["Nee, niet versturen", "Ja, versturen"] = Field(
        "Nee, niet versturen", title="Versturen?", description="Zonder ja gaat er niets uit."
    )
    approved_by: Annotated[str, OneOf(options.marketing_approvers)] = Field(
        title="Uw naam", description="Wie campagnes mag goedkeuren. Wordt bij de campagne bewaard."
    )

    @property
    def is_yes(self) -> bool:
        return self.decision.startswith("Ja")


def go_question(campaign: Campaign, count: CampaignCount) -> type[GoInput]:
    """The question, with what it is about above its fields."""
    text = (
        f"**{campaign.template.label}: {campaign.name}** gaat naar **{people_words(count.to_send)}**. "
        "Bekijk eerst de voorbeelden bij Artifacts van deze run."
    )
    return GoInput.with_initial_data(description=text)


def plain(group: object) -> Any:
    """A group of the form as plain values, however it came in: from the UI, or from Python."""
    return group.model_dump() if isinstance(group, BaseModel) else group
