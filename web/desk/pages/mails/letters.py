"""/desk/mails/{id}: a mail of the log in its words; its links are the client's own, and are left out."""

import re

from starlette.responses import Response

from tasks.desk.message import read_message
from tasks.mail.render import FieldMissing, Renderer, mail_of
from tasks.mail.templating.tagged import TemplateInvalid, TemplateMissing
from web.desk.gate import DeskRouter
from web.desk.visit import NotThere, Visit

router = DeskRouter()

LINK = re.compile(r"(https?://|mailto:)\S+")


@router.page("/desk/mails/{message_id}")
def show_letter(visit: Visit) -> Response:
    row = read_message(visit.engine, visit.path["message_id"])
    if row is None:
        raise NotThere
    kind = visit.programme.kinds.in_log(row.touchpoint)
    return visit.show("letter.html", row=row, label=kind.label, text=_words_of(visit, row))


def _words_of(visit: Visit, row: object) -> str:
    """The mail's text; "" when what made it is no longer kept, or the programme no longer has its template or tier."""
    try:
        renderer = Renderer(visit.programme, visit.settings.base_url, own=visit.settings.templates)
        mail = mail_of(renderer, row)
    except (FieldMissing, TemplateInvalid, TemplateMissing, KeyError, ValueError):
        return ""
    return LINK.sub("(link)", mail.text).strip()
