"""/desk/campaigns/audiences: the saved audiences, each in words, to rename or throw away."""

from starlette.responses import Response

from programme.campaigns.audience.audience_words import audience_words
from programme.campaigns.form.order import read_order
from tasks.campaigns.composing.saved_audiences import (
    NameRefused,
    SavedAudience,
    delete_audience,
    list_audiences,
    rename_audience,
)
from web.desk.composing.look import NO_AUDIENCE
from web.desk.gate import DeskRouter
from web.desk.visit import NotThere, Refused, Visit, noting

router = DeskRouter()


@router.page("/desk/campaigns/audiences")
def show_audiences(visit: Visit) -> Response:
    saved = list_audiences(visit.engine)
    return visit.show(
        "audiences.html", here="/desk/campaigns", audiences=[(each, audience_sentence(visit, each)) for each in saved]
    )


@router.form("/desk/campaigns/audiences")
def change_audience(visit: Visit) -> Response:
    audience_id, deed = visit.word("audience", 32), visit.choice("do", ("delete", "rename"))
    if deed == "delete":
        if not delete_audience(visit.engine, audience_id, noting(visit, "delete audience")):
            raise NotThere
        return visit.done("/desk/campaigns/audiences", "doelgroepweg")
    try:
        noted = noting(visit, "rename audience")
        if not rename_audience(visit.engine, audience_id, visit.word("name", 200), visit.at, noted):
            raise NotThere
    except NameRefused as refusal:
        raise Refused(str(refusal), 422) from None
    return visit.done("/desk/campaigns/audiences", "hernoemd")


def audience_sentence(visit: Visit, saved: SavedAudience) -> str:
    """The audience in words; said as well when the programme no longer has one of its traits."""
    form = {"message": {"template": next(iter(visit.programme.campaigns))}, "audience": saved.audience}
    people = read_order(visit.programme, form, visit.today).people
    return audience_words(visit.programme, people.audience) if people else NO_AUDIENCE
