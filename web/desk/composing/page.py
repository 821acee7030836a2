"""The page on which a campaign is written: the form as it was typed, and beside it all that follows from it."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple, cast

from starlette.requests import Request
from starlette.responses import Response

from programme.campaigns.audience.audience_words import audience_words
from programme.campaigns.audience.traits import TRAITS
from programme.campaigns.form.faults import FormFault
from programme.campaigns.form.form_words import AUDIENCE, DEFAULT_HOUR, HOURS, MESSAGE, SENDING, Words
from programme.campaigns.form.moments import read_day, read_time
from programme.campaigns.form.options import offers, templates
from programme.campaigns.form.order import read_order
from programme.campaigns.form.posted_form import CHOICES, fields_of, form_of, strange_fields, template_of
from programme.campaigns.form.template_fields import message_fields
from programme.campaigns.texts import BODY_LENGTH, INTRO_LENGTH, LINE_LENGTH
from programme.terms.schema import Programme
from programme.words.wording import date_words
from tasks.campaigns.composing.saved_audiences import list_audiences
from tasks.campaigns.drafts import Draft
from web.desk.composing.look import NO_AUDIENCE, Look, look_at
from web.desk.showing.looks import COMPOSER_POLICY
from web.desk.visit import Visit

LENGTHS = {"intro": INTRO_LENGTH, "body": BODY_LENGTH, "link_url": 500}
ROWS = {"intro": 3, "body": 9}
BESIDE = {"link_label": "link_url", "event_time": "event_on"}
TYPES = {"event_on": "date", "valid_from": "date", "link_url": "url"}
DAYS, TIMES = ("event_on", "valid_from", "day"), ("event_time", "hour")
FIRST_TRAITS = ("segments", "areas")  # what most audiences are made of; the others are folded away until used
FORM: Mapping[str, Any] = {  # of the form, whatever is typed in it
    "texts": MESSAGE,
    "sending": SENDING,
    "groups": AUDIENCE,
    "first_traits": FIRST_TRAITS,
    "hours": HOURS,
    "lengths": LENGTHS,
    "line_length": LINE_LENGTH,
    "rows": ROWS,
    "types": TYPES,
}
MOST_PRESSES = 500


class Difference(NamedTuple):
    """A field that somebody else filled in differently, and how."""

    label: str
    theirs: str


@dataclass(frozen=True)
class Conflict:
    """The draft as somebody else saved it meanwhile; None when it is gone."""

    newest: Draft | None
    differences: list[Difference]


def show_composer(
    visit: Visit,
    draft: Draft | None,
    fields: Mapping[str, str],
    told: Iterable[FormFault] = (),
    conflict: Conflict | None = None,
    note: str = "",
    status: int = 200,
    is_saved: bool = False,
) -> Response:
    """The page.

    Args:
        draft: whose version is being changed; None when it is gone.
        fields: as typed.
        told: the faults that stand at the top and at their place.
        note: a sentence above the form.
    """
    programme, told = visit.programme, list(told)
    draft_id = visit.path["draft_id"]
    answer = visit.show(
        "composer.html",
        status,
        here="/desk/campaigns",
        path=f"/desk/campaigns/drafts/{draft_id}",
        draft=draft,
        version=draft.version if draft else 0,
        fields=fields,
        look=look_at(visit, draft_id, fields),
        faults=_by_place(told),
        conflict=conflict,
        note=note,
        is_saved=is_saved,
        traits=_traits(visit),
        strange=strange_fields(programme, fields),
        open_groups=_open_groups(fields, told),
        hour=fields.get("hour") or DEFAULT_HOUR,
        saved_audiences=list_audiences(visit.engine),
        test_address=fields.get("test_address") or visit.person.email,
        press=secrets.token_hex(8),
        go_above=programme.caps.campaign_go_above,
        **_of_template(programme, fields),
        **FORM,
    )
    answer.headers["content-security-policy"] = COMPOSER_POLICY
    return answer


def _of_template(programme: Programme, fields: Mapping[str, str]) -> dict[str, Any]:
    """What the form asks for the chosen kind of mail, and what was typed for another kind."""
    template = template_of(programme, fields.get("template", ""))
    asked = message_fields(template)
    return {
        "kind": template,
        "templates": [(option, programme.campaigns[option.id]) for option in templates(programme)],
        "offers": offers(programme) if template and not template.survey else [],
        "shown": _rows(asked),
        "carried": [name for name in (*MESSAGE, "offer") if name not in asked and fields.get(name)],
    }


def show_parts(visit: Visit, look: Look) -> Response:
    """The parts of the page that follow from the form, for the script to put in place."""
    answer = visit.show(
        "composer_parts.html",
        look=look,
        path=f"/desk/campaigns/drafts/{visit.path['draft_id']}",
        go_above=visit.programme.caps.campaign_go_above,
    )
    answer.headers["content-security-policy"] = COMPOSER_POLICY
    return answer


def conflict_of(visit: Visit, fields: Mapping[str, str], newest: Draft | None) -> Conflict:
    """What somebody else saved, beside what was typed here."""
    if newest is None:
        return Conflict(None, [])
    theirs = fields_of(visit.programme, newest.form)
    mine = fields_of(visit.programme, form_of(visit.programme, fields))  # as it would be saved: no time without a day
    words: dict[str, Words] = {**MESSAGE, **SENDING}
    found = [
        Difference(words[name].label, _told(name, newest.form, theirs.get(name, "")))
        for name in words
        if theirs.get(name, "") != mine.get(name, "")
    ]
    if _audience_of(theirs) != _audience_of(fields):
        found.append(Difference("Doelgroep", sentence_of(visit, newest)))
    return Conflict(newest, found)


def _told(name: str, form: Mapping[str, Any], value: str) -> str:
    """The value of a field as people read it: a choice by its label, a day and a time in words."""
    if name in CHOICES and value:
        return str(form["message"][name])
    try:
        return (
            date_words(read_day(value)) if name in DAYS else f"{read_time(value):%H.%M} uur" if name in TIMES else value
        )
    except ValueError:
        return value


def sentence_of(visit: Visit, draft: Draft) -> str:
    """The audience of a draft in words."""
    people = read_order(visit.programme, draft.form, visit.today).people
    return audience_words(visit.programme, people.audience) if people else NO_AUDIENCE


def is_first_press(request: Request, press: str) -> bool:
    """Whether this button of this page is pressed for the first time; a double click is no second one."""
    state = request.app.state
    if not hasattr(state, "desk_presses"):
        state.desk_presses = (Lock(), {})
    lock, seen = cast(tuple[Lock, dict[str, bool]], state.desk_presses)
    with lock:
        if not press or press in seen:
            return False
        seen[press] = True
        while len(seen) > MOST_PRESSES:
            del seen[next(iter(seen))]
        return True


def _audience_of(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in fields.items() if name.partition(".")[0] in AUDIENCE and text.strip()}


def _rows(names: Iterable[str]) -> list[list[str]]:
    """The fields of the texts by row: what belongs together stands side by side where there is room."""
    rows: list[list[str]] = []
    for name in names:
        if name in BESIDE and rows and rows[-1] == [BESIDE[name]]:
            rows[-1].append(name)
        elif name not in ("name", "template", "offer"):
            rows.append([name])
    return rows


def _by_place(told: Iterable[FormFault]) -> dict[str, str]:
    """By the id of the field, in the order of the page; several faults of one field are one text."""
    order = {name: place for place, name in enumerate((*MESSAGE, "audience", *AUDIENCE))}
    found: dict[str, str] = {}
    for fault in sorted(told, key=lambda each: order.get(each.place.partition(".")[0], len(order))):
        place = fault.place or "componist"
        found[place] = f"{found[place]} {fault}" if place in found else str(fault)
    return found


def _open_groups(fields: Mapping[str, str], told: Iterable[FormFault]) -> set[str]:
    """The groups of traits that hold something or have a fault: a filter is never folded away. "more": of all_of."""
    names = [name for name, text in fields.items() if text.strip()] + [fault.place for fault in told]
    parts = [name.split(".") for name in names if name.partition(".")[0] in AUDIENCE]
    more = {"more" for group, *trait in parts if group == "all_of" and trait and trait[0] not in FIRST_TRAITS}
    return {group for group, *_ in parts} | more


def _traits(visit: Visit) -> list[dict[str, Any]]:
    """Each trait with its options."""
    return [
        {
            "name": trait.name,
            "words": trait.words,
            "shape": trait.shape.value,
            "unasked": trait.unasked,
            "options": list(trait.options(visit.programme)) if trait.options else [],
        }
        for trait in TRAITS.values()
    ]
