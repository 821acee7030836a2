"""GET /healthz: whether the database answers and stands at the migration that this code knows.

A database that may lose a commit in a power cut is named in a warning: pages and webhooks still have to be served.
"""

import asyncio

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from models.database.engine import HEAD, DatabaseUnusable, reading, schema_version
from models.database.server import durability_fault
from web.server.site import Site, site_of

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz(request: Request) -> JSONResponse:
    site = site_of(request)
    fault = await asyncio.to_thread(_fault, site)
    if fault is None:
        warning = await asyncio.to_thread(_warning, site)
        return JSONResponse({"status": "ok", "migration": HEAD} | ({"warning": warning} if warning else {}))
    return JSONResponse({"status": "unusable", "reason": fault}, 503)


def _fault(site: Site) -> str | None:
    try:
        found = schema_version(site.engine)
    except (DatabaseUnusable, SQLAlchemyError, OSError):
        return "the database does not answer"  # its own message may name hosts and paths
    return None if found == HEAD else f"the database stands at migration {found or 'none'}, this version needs {HEAD}"


def _warning(site: Site) -> str | None:
    with reading(site.engine) as connection:
        return durability_fault(connection)
