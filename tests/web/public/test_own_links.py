"""Every own link of every mail leads to a page that is there."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from models import tables
from models.database.engine import writing
from programme.terms.own_pages import OWN_PAGES
from programme.words.tokens import client_code_of
from tasks.mail.render import Mail, Renderer
from tests.conftest import ON_SQLITE
from tests.factories import shipped_programme
from tests.tasks.mail.cases import CASES, MailCase
from tests.web.conftest import KEY, NOW, Served, message_row
from web.server.guard import FOR_CLIENTS

pytestmark = pytest.mark.slow

BASE_URL = "https://mail.example.nl"
_OWN_LINK = re.compile(rf"{re.escape(BASE_URL)}(/[^\s\"'<>)\]]*)")


def sent(served: Served, renderer: Renderer, number: int, case: MailCase) -> Mail:
    """The case's mail as it left, with the client and the project that its pages ask for."""
    client_id, key = f"K{number}", KEY.encode()
    projects = tuple(
        project._replace(project_id=f"P{number}-{place}", client_id=client_id)
        for place, project in enumerate(case.client.projects)
    )
    quotes = tuple(quote._replace(quote_id=f"Q-{number}", client_id=client_id) for quote in case.client.quotes)
    code = client_code_of(key, client_id)
    address = f"klant{number}@voorbeeld.nl"
    client = replace(case.client, client_id=client_id, recipient=address, projects=projects, quotes=quotes, code=code)
    case = replace(case, client=client)
    kind, occasion = case.kind(renderer), case.occasion()
    mail = renderer.compose(kind, occasion, client, case.recipient, case.as_of, key)
    row = {name: getattr(client, name) for name in ("client_id", "recipient", "name", "kind", "consent", "channel")}
    log = message_row(client_id, case.touchpoint, message_id=mail.message_id, recipient=address)
    log |= {"occasion": occasion.occasion, "as_of": NOW.date(), "flow": kind.flow, "purpose": kind.purpose}
    with writing(served.engine) as connection:
        connection.execute(insert(tables.clients).values(**row, id_crc32=client.id_crc32))
        connection.execute(insert(tables.client_codes).values(client_id=client_id, code=code))
        for project in projects:
            connection.execute(insert(tables.projects).values(**project._asdict()))
        for quote in quotes:
            connection.execute(insert(tables.quotes).values(**quote._asdict()))
        connection.execute(insert(tables.messages).values(**log))
    return mail


def own_links(mail: Mail) -> set[str]:
    return set(_OWN_LINK.findall(html.unescape(mail.html))) | set(_OWN_LINK.findall(mail.text))


@pytest.mark.long
@ON_SQLITE  # each page has tests of its own on PostgreSQL
def test_every_own_link_of_every_mail_opens_a_page(served: Served) -> None:
    """Every kind of mail with every block that some clients see: each link answers 200, in HTML and in text alike."""
    renderer = Renderer(shipped_programme(), BASE_URL)
    opened: dict[str, set[str]] = {}
    for number, (name, case) in enumerate(CASES.items()):
        mail = sent(served, renderer, number, case)
        links = own_links(mail)
        assert any(link.startswith("/u/") for link in links), name
        for link in sorted(links):
            answer = served.client.get(link)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), (
                f"{name}: {link.partition('?')[0][:8]}… answers {answer.status_code}"
            )
            opened.setdefault(link.split("/")[1], set()).add(case.touchpoint)
    assert set(opened) == {page.split("/")[1] for page in OWN_PAGES.values()}
    assert opened["u"] == {case.touchpoint for case in CASES.values()} >= set(shipped_programme().touchpoints)


def test_the_web_part_serves_the_pages_that_mails_may_link_to(served: Served) -> None:
    """The list that `programme check` goes by is what the application routes."""
    assert set(OWN_PAGES.values()) <= routes(served)


@ON_SQLITE
@pytest.mark.parametrize("behind", [".", ",", ")", ">.", "”", "%20", "%C2%A0", "…/", "*"])
def test_a_link_opens_with_what_stood_behind_it(served: Served, behind: str) -> None:
    """As mail programs and people take it along; what is no sign of a sentence makes it another link."""
    for link in (
        served.answer_link("check_in"),
        served.unsubscribe_link(),
        served.unsubscribe_link().replace("/u/", "/voorkeuren/"),
    ):
        assert served.client.get(link + behind).status_code == 200
        assert served.client.get(f"{link}A{behind}").status_code == 404
    assert {page[: page.index("{")] for page in OWN_PAGES.values()} <= {*FOR_CLIENTS}


def routes(served: Served) -> set[str]:
    """The paths that can be opened."""
    app: Any = served.client.app
    parts = [getattr(route, "original_router", None) for route in app.routes]
    every = [route for part in parts if part for route in part.routes]
    return {route.path for route in every if "GET" in (route.methods or ())}
