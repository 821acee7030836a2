"""/desk/campaigns/new: begin a campaign from a template or from an earlier one, or go on with a draft."""

from typing import Any, NamedTuple

from starlette.responses import Response

from programme.campaigns.audience.audience_words import people_words
from programme.campaigns.campaign import SHOWN_PEOPLE
from programme.campaigns.form.options import templates
from programme.campaigns.form.posted_form import template_of
from tasks.campaigns.composing.copying import read_copy
from tasks.campaigns.drafts import Draft, begin_draft, delete_draft, list_drafts
from tasks.campaigns.results import list_campaigns
from web.desk.composing.look import find_counted, known_reach
from web.desk.composing.page import sentence_of
from web.desk.gate import DeskRouter
from web.desk.showing.moments import paged
from web.desk.showing.words import WHY_NOT
from web.desk.visit import NotThere, Refused, Visit, noting

router = DeskRouter()

DRAFT_ROWS = 25
COPY_ROWS = 8
ANOTHER = "Dit concept is intussen veranderd of weg. Open het opnieuw en kijk of het weg mag."


class Listed(NamedTuple):
    """A draft in a list: with its kind of mail, its audience in words, and how many that are ("" when not known)."""

    draft: Draft
    template: str
    audience: str
    people: str


@router.page("/desk/campaigns/new")
def show_new(visit: Visit) -> Response:
    first = (visit.page_number - 1) * DRAFT_ROWS
    return visit.show(
        "campaign_new.html",
        here="/desk/campaigns",
        templates=[(option, visit.programme.campaigns[option.id]) for option in templates(visit.programme)],
        earlier=list_campaigns(visit.engine, visit.programme, 0, COPY_ROWS),
        pages=paged(listed_drafts(visit, first, DRAFT_ROWS + 1), visit.page_number, DRAFT_ROWS),
    )


@router.form("/desk/campaigns/new")
def begin(visit: Visit) -> Response:
    """A new draft, of a template or as a copy."""
    name = visit.word("copy", 200)
    if name:
        form = read_copy(visit.engine, visit.programme, name)
        if form is None:
            raise NotThere
        return _begun(visit, form, "kopie")
    template = template_of(visit.programme, visit.word("template", 100))
    if template is None:
        raise Refused("Kies eerst wat u wilt sturen.", 422)
    return _begun(visit, {"message": {"template": template.label}}, "begonnen")


@router.form("/desk/campaigns/drafts/{draft_id}/delete")
def throw_away(visit: Visit) -> Response:
    """Only the version that was on the page: what somebody wrote since is not thrown away unseen."""
    version = visit.word("version", 10)
    is_number = version.isascii() and version.isdigit()
    noted = noting(visit, "delete draft")
    if not is_number or not delete_draft(visit.engine, visit.path["draft_id"], int(version), noted):
        raise Refused(ANOTHER)
    return visit.done("/desk/campaigns/new", "weg")


@router.page("/desk/campaigns/drafts/{draft_id}/people")
def show_people(visit: Visit) -> Response:
    """Who gets it and who does not, of the count that the page of the draft showed."""
    counted = find_counted(visit, visit.query.get("geteld", ""))
    return visit.show(
        "campaign_people.html",
        here="/desk/campaigns",
        path=f"/desk/campaigns/drafts/{visit.path['draft_id']}",
        counted=counted,
        why_not=WHY_NOT,
        most=SHOWN_PEOPLE,
    )


def listed_drafts(visit: Visit, first: int, rows: int) -> list[Listed]:
    """A page of the drafts."""
    return [_listed(visit, draft) for draft in list_drafts(visit.engine, first, rows)]


def _listed(visit: Visit, draft: Draft) -> Listed:
    template = template_of(visit.programme, draft.form["message"].get("template", ""))
    number = known_reach(visit, draft.form)
    return Listed(
        draft,
        template.label if template else "Nog geen soort mail",
        sentence_of(visit, draft),
        "" if number is None else people_words(number),
    )


def _begun(visit: Visit, form: dict[str, Any], note: str) -> Response:
    draft = begin_draft(visit.engine, form, visit.person.name, visit.at, noting(visit, "begin draft"))
    return visit.done(f"/desk/campaigns/drafts/{draft.draft_id}", note)
