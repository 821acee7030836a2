"""/desk/replies: mail from nobody we know. Somebody says whose it is, or puts it aside."""

from starlette.responses import Response

from models.database.engine import reading, writing
from tasks.inbound.replies.unknown import MailNotOpen, link_to_client, list_unknown, put_aside
from web.desk.gate import DeskRouter
from web.desk.moments import paged
from web.desk.visit import Refused, Visit

router = DeskRouter()

MAIL_ROWS = 20
GONE = "Deze mail is intussen gekoppeld of terzijde gelegd. Er is niets dubbel gedaan."
NO_CLIENT = "Dit klantnummer is er niet. Zoek de klant op bij Klanten, en neem het nummer over."


@router.page("/desk/replies")
def show_replies(visit: Visit) -> Response:
    with reading(visit.engine) as connection:
        found = list_unknown(connection, MAIL_ROWS + 1, (visit.page_number - 1) * MAIL_ROWS)
    return visit.show("replies.html", pages=paged(found, visit.page_number, MAIL_ROWS))


@router.form("/desk/replies")
def settle_reply(visit: Visit) -> Response:
    mail_id, client_id = visit.word("mail", 200), visit.word("client", 200)
    if visit.word("do") != "link":
        _settled(visit, mail_id, None)
        visit.record("put aside reply", mail_id)
        return visit.done("/desk/replies", "terzijde")
    if not client_id:
        raise Refused("Vul het klantnummer in waar deze mail bij hoort.", 422)
    _settled(visit, mail_id, client_id)
    visit.record("link reply", mail_id, client_id)
    return visit.done("/desk/replies", "gekoppeld")


def _settled(visit: Visit, mail_id: str, client_id: str | None) -> None:
    try:
        with writing(visit.engine) as connection:
            if client_id is None:
                put_aside(connection, mail_id, visit.person.name, visit.at)
            else:
                link_to_client(connection, mail_id, client_id, visit.person.name, visit.at)
    except MailNotOpen as closed:
        raise Refused(NO_CLIENT if "client" in str(closed) and "somebody" not in str(closed) else GONE) from None
