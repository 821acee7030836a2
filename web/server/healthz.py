"""GET /healthz: whether the database answers and stands at the migration that this code knows."""

import asyncio

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from models.database.engine import HEAD, DatabaseUnusable, schema_version
from web.server.site import Site, site_of

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz(request: Request) -> JSONResponse:
    fault = await asyncio.to_thread(_fault, site_of(request))
    if fault is None:
        return JSONResponse({"status": "ok", "migration": HEAD})
    return JSONResponse({"status": "unusable", "reason": fault}, 503)


def _fault(site: Site) -> str | None:
    try:
        found = schema_version(site.engine)
    except (DatabaseUnusable, SQLAlchemyError, OSError):
        return "the database does not answer"  # its own message may name hosts and paths
    return None if found == HEAD else f"the database stands at migration {found or 'none'}, this version needs {HEAD}"
