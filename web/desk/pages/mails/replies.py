"""/desk/replies: mail from nobody we know. Somebody says whose it is, or puts it aside."""

from datetime import timedelta

from starlette.responses import Response

from models.database.engine import reading, writing
from tasks.care.people.signals.prompt import LOOKS_BACK_DAYS
from tasks.clients.lookup import id_meant
from tasks.inbound.replies.unknown import MailNotOpen, NoSuchClient, link_to_client, list_unknown, put_aside
from web.desk.gate import DeskRouter
from web.desk.showing.moments import paged
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
    if visit.choice("do", ("link", "aside")) == "aside":
        return _put_aside(visit, mail_id)
    if not client_id:
        raise Refused("Vul het klantnummer in waar deze mail bij hoort.", 422)
    return _link(visit, mail_id, client_id)


def _put_aside(visit: Visit, mail_id: str) -> Response:
    try:
        with writing(visit.engine) as connection:
            put_aside(connection, mail_id, visit.person.name, visit.at)
            visit.record(connection, "put aside reply", mail_id)
    except MailNotOpen:
        raise Refused(GONE) from None
    return visit.done("/desk/replies", "terzijde")


def _link(visit: Visit, mail_id: str, client_id: str) -> Response:
    with reading(visit.engine) as connection:
        client_id = id_meant(connection, client_id)
    try:
        with writing(visit.engine) as connection:
            linked = link_to_client(connection, mail_id, client_id, visit.person.name, visit.at)
            visit.record(connection, "link reply", mail_id, client_id)
    except NoSuchClient:
        raise Refused(NO_CLIENT, 422) from None
    except MailNotOpen:
        raise Refused(GONE) from None
    gets_task = linked.came_on >= visit.today - timedelta(days=LOOKS_BACK_DAYS)
    return visit.done("/desk/replies", "gekoppeld" if gets_task else "gekoppeldoud")
