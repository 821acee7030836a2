"""/desk/campaigns/drafts/{draft_id}: a campaign is written, counted, tried and put ready.

Every button posts the whole form. What a button cannot do leaves the form on the page as it was typed: nothing that
somebody wrote is lost because a session ended, a field is wrong, or a colleague saved the same draft.
"""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.database.engine import writing
from programme.campaigns.form.faults import FormFault
from programme.campaigns.form.form_words import SENDING
from programme.campaigns.form.order import read_order
from programme.campaigns.form.posted_form import audience_fields, fields_of, form_of, without_audience
from tasks.campaigns.composing.saved_audiences import NameRefused, find_audience, save_audience
from tasks.campaigns.drafts import Draft, DraftChanged, begin_draft, read_draft, save_draft
from tasks.campaigns.mails import send_test
from web.desk.composing.look import faults_of, look_at
from web.desk.composing.page import conflict_of, is_first_press, show_composer, show_parts
from web.desk.composing.previews import shelf_of
from web.desk.gate import DeskRouter, FormTerms
from web.desk.visit import NotThere, Visit, noting

router = DeskRouter()

DRAFT = "/desk/campaigns/drafts/{draft_id}"
LOST = (
    "Dit formulier hoorde bij een sessie die voorbij is. Er is niets bewaard en niets weg: alles staat hieronder. "
    "Kies Bewaar als concept."
)
CHANGED = (
    "Er is iets veranderd sinds de telling: de doelgroep, de dag, of wie er intussen mail kreeg. "
    "Hieronder staat wie de mail nu krijgt. "
    "Klopt dat, kies dan opnieuw Klaarzetten."
)
NOT_YET = "Er wordt nog geteld of nagekeken. Wacht even en kies dan opnieuw Klaarzetten."
# Of a mail's policy: it may show itself, in our frame alone, and load or run or send nothing.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
MAIL_GONE = "<!doctype html><html lang='nl'><title>Voorbeeld</title><p>Dit voorbeeld is er niet meer. Tel opnieuw.</p>"


def _keep(visit: Visit) -> Response:
    """A form of a session that ended, in the session of now."""
    return show_composer(visit, _draft(visit), visit.fields, note=LOST, status=403)


TERMS = FormTerms(size=131_072, fields=400, in_turn=False, keeps=_keep)
LOOK_TERMS = FormTerms(size=131_072, fields=400, in_turn=False)


@router.page(DRAFT)
def show_draft(visit: Visit) -> Response:
    draft = _draft(visit)
    if draft is None:
        raise NotThere
    return show_composer(visit, draft, fields_of(visit.programme, draft.form), is_saved=True)


@router.form(DRAFT, TERMS)
def work_on_draft(visit: Visit) -> Response:
    """Do what the button says; Enter in a field counts again."""
    return DEEDS[visit.choice("do", DEEDS)](visit)


@router.form(DRAFT + "/look", LOOK_TERMS)
def look(visit: Visit) -> Response:
    """The parts that follow from the form as it is being typed. Writes nothing."""
    return show_parts(visit, look_at(visit, visit.path["draft_id"], visit.fields))


@router.page("/desk/campaigns/previews/{key}")
def show_mail(visit: Visit) -> Response:
    """One mail to look at, for the frame."""
    html = shelf_of(visit.request).find(visit.path["key"])
    headers = {"content-security-policy": MAIL_POLICY, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(html or MAIL_GONE, 200 if html else 404, headers)


def _look_again(visit: Visit) -> Response:
    return show_composer(visit, _draft(visit), visit.fields)


def _save(visit: Visit, version_in: str = "version") -> Response:
    try:
        _saved(visit, version_in)
    except DraftChanged as change:
        return _show_conflict(visit, change)
    return visit.done(_path(visit), "concept")


def _test(visit: Visit) -> Response:
    """Save, and send the mail to one address that is no client's."""
    if not is_first_press(visit.request, visit.word("press", 32)):
        return visit.done(_path(visit), "proefeens")
    try:
        draft = _saved(visit)
    except DraftChanged as change:
        return _show_conflict(visit, change)
    address = visit.word("test_address", 300)
    form = {**draft.form, "sending": {"test_address": address}}
    order = read_order(visit.programme, form, visit.today)
    faults = [fault for fault in faults_of(visit, form, order) if fault.place != "name"]
    if not address:
        faults.append(
            FormFault(f"{SENDING['test_address'].label}: is leeg. Vul in waar de proefmail heen gaat.", "test_address")
        )
    if faults or order.people is None:
        return show_composer(visit, draft, visit.fields, told=faults, status=422, is_saved=True)
    sent = send_test(visit.workspace, order.people, order.test_address, visit.today)
    if not sent.went:
        fault = FormFault(f"{SENDING['test_address'].label}: de proefmail ging niet ({sent.detail}).", "test_address")
        return show_composer(visit, draft, visit.fields, told=[fault], status=502, is_saved=True)
    with writing(visit.engine) as connection:
        visit.record(connection, "send test mail", draft.draft_id)
    return visit.done(_path(visit), "proefmail" if sent.leaves_machine else "proefoutbox")


def _ready(visit: Visit) -> Response:
    """Save, and go to the page where it is put ready; only what was counted and looked at, for whom it says."""
    try:
        draft = _saved(visit)
    except DraftChanged as change:
        return _show_conflict(visit, change)
    seen = look_at(visit, draft.draft_id, visit.fields)
    if seen.faults:
        return show_composer(visit, draft, visit.fields, told=seen.faults, status=422, is_saved=True)
    if seen.digest != visit.word("counted", 32):
        return show_composer(visit, draft, visit.fields, note=CHANGED, status=409, is_saved=True)
    if not seen.is_ready:
        note = "" if seen.musts or seen.count else NOT_YET
        return show_composer(visit, draft, visit.fields, note=note, status=409, is_saved=True)
    return RedirectResponse(f"{_path(visit)}/send", 303)


def _overwrite(visit: Visit) -> Response:
    """Put this form in place of what somebody else saved, which this person was shown."""
    return _save(visit, "newest")


def _apart(visit: Visit) -> Response:
    """Keep this form as a draft of its own."""
    draft = begin_draft(visit.engine, _form(visit), visit.person.name, visit.at, noting(visit, "begin draft"))
    return visit.done(f"/desk/campaigns/drafts/{draft.draft_id}", "apart")


def _use_audience(visit: Visit) -> Response:
    """A copy of a saved audience in place of the one in the form."""
    saved = find_audience(visit.engine, visit.word("saved", 32))
    if saved is None:
        fault = FormFault("Bewaarde doelgroep: kies er een uit de lijst.", "saved")
        return show_composer(visit, _draft(visit), visit.fields, told=[fault], status=422)
    fields = without_audience(visit.fields) | audience_fields(visit.programme, saved.audience)
    note = f"De doelgroep {saved.name} staat in het formulier. Bewaar het concept om dat zo te houden."
    return show_composer(visit, _draft(visit), fields, note=note)


def _save_audience(visit: Visit) -> Response:
    """Keep the audience of the form under a name; the form stays as it is."""
    form = _form(visit)
    faults = [fault for fault in read_order(visit.programme, form, visit.today).faults if fault.is_about(OF_AUDIENCE)]
    if not faults:
        try:
            name, noted = visit.word("audience_name", 200), noting(visit, "save audience")
            save_audience(visit.engine, name, form["audience"], visit.person.name, visit.at, noted)
        except NameRefused as refusal:
            faults = [FormFault(f"Naam van de doelgroep: {refusal}", "audience_name")]
    if faults:
        return show_composer(visit, _draft(visit), visit.fields, told=faults, status=422)
    fields = {name: text for name, text in visit.fields.items() if name != "audience_name"}
    note = "De doelgroep is bewaard. U kunt haar in elk concept kiezen."
    return show_composer(visit, _draft(visit), fields, note=note)


OF_AUDIENCE = ("audience", "all_of", "any_of", "none_of")
DEEDS: Mapping[str, Callable[[Visit], Response]] = {
    "": _look_again,
    "look": _look_again,
    "save": _save,
    "test": _test,
    "ready": _ready,
    "overwrite": _overwrite,
    "apart": _apart,
    "use_audience": _use_audience,
    "save_audience": _save_audience,
}


def _path(visit: Visit) -> str:
    return f"/desk/campaigns/drafts/{visit.path['draft_id']}"


def _draft(visit: Visit) -> Draft | None:
    """The draft of which the form names the version; as it is in the table when the form names none."""
    draft = read_draft(visit.engine, visit.path["draft_id"])
    version = visit.word("version", 10)
    return draft._replace(version=int(version)) if draft and version.isascii() and version.isdigit() else draft


def _form(visit: Visit) -> dict[str, Any]:
    return form_of(visit.programme, visit.fields)


def _saved(visit: Visit, version_in: str = "version") -> Draft:
    """The draft with this form. Raises DraftChanged."""
    version = visit.word(version_in, 10)
    if not (version.isascii() and version.isdigit()):
        raise DraftChanged(read_draft(visit.engine, visit.path["draft_id"]))
    noted = noting(visit, "save draft")
    return save_draft(
        visit.engine, visit.path["draft_id"], int(version), _form(visit), visit.person.name, visit.at, noted
    )


def _show_conflict(visit: Visit, change: DraftChanged) -> Response:
    conflict = conflict_of(visit, visit.fields, change.newest)
    return show_composer(visit, _draft(visit), visit.fields, conflict=conflict, status=409)
