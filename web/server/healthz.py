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
    fault, warning = await asyncio.to_thread(_look, site_of(request))
    if fault is None:
        return JSONResponse({"status": "ok", "migration": HEAD} | ({"warning": warning} if warning else {}))
    return JSONResponse({"status": "unusable", "reason": fault}, 503)


def _look(site: Site) -> tuple[str | None, str | None]:
    """Why the database cannot be used, and a warning about one that can; it may go away between the two reads."""
    try:
        found = schema_version(site.engine)
        if found != HEAD:
            return f"the database stands at migration {found or 'none'}, this version needs {HEAD}", None
        with reading(site.engine) as connection:
            return None, durability_fault(connection)
    except (DatabaseUnusable, SQLAlchemyError, OSError):
        return "the database does not answer", None  # its own message may name hosts and paths
