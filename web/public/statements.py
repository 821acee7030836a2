"""/mijn/{token}/jaaroverzicht-{year}.pdf: what was earned and paid in a year, for whoever holds the own link."""

import asyncio
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from models.database.engine import reading
from programme.words.dates import day_in_amsterdam
from programme.words.tokens import read_dashboard_token
from tasks.papers.statement import read_statement, years_of
from tasks.referrals.own_page.page import client_of_code
from web.server.site import Site, site_of

router = APIRouter()


@router.api_route("/mijn/{token}/jaaroverzicht-{year}.pdf", methods=["GET", "HEAD"])
async def show_statement(request: Request, token: str, year: str) -> Response:
    """The paper itself; a year without entries is a link that leads nowhere, as any other such link."""
    site = site_of(request)
    made = await asyncio.to_thread(_statement, site, token, year, day_in_amsterdam(site.clock()))
    if made is None:
        return site.pages.unknown_link()
    name = f"jaaroverzicht-{year}.pdf"
    return Response(made, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})


def years_with_entries(site: Site, client_id: str) -> list[int]:
    """The years that have a paper, the latest first."""
    with reading(site.engine) as connection:
        return years_of(connection, client_id)


def _statement(site: Site, token: str, year: str, today: date) -> bytes | None:
    from tasks.papers.pdf import statement_pdf  # brings numpy with it: a second at each start

    code = read_dashboard_token(site.keys, token)
    client_id = client_of_code(site.engine, code) if code else None
    if client_id is None or year not in map(str, years_with_entries(site, client_id)):
        return None
    statement = read_statement(site.engine, site.programme, client_id, int(year), today)
    return statement_pdf(statement, site.programme.brand)
