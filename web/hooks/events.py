"""POST /webhooks/sendgrid/events: verify the raw body, store, answer; the effect is worked out afterwards."""

import asyncio
import json
import logging
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from tasks.inbound.events import store_events
from web.hooks.applying import DATABASE_FAULTS
from web.hooks.signature import is_signed, is_timely
from web.server.reading import read_body
from web.server.site import Site, site_of

logger = logging.getLogger("bouwclub.web")
router = APIRouter()

BODY_BYTES = 8 * 1024 * 1024  # SendGrid posts at 768 KB or after 30 seconds; anything far above is not it
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


@router.post("/webhooks/sendgrid/events")
async def receive_events(request: Request) -> Response:
    """Never 4xx for what events say: SendGrid would repeat the whole list for a day."""
    site = site_of(request)
    if site.webhook_key is None:
        return PlainTextResponse("events are refused: BOUWCLUB_SENDGRID_WEBHOOK_KEY is not set\n", 503)
    body = await read_body(request, BODY_BYTES)
    if body is None:
        return PlainTextResponse(f"more than {BODY_BYTES} bytes\n", 413)
    now = site.clock()
    timestamp = request.headers.get(TIMESTAMP, "")
    if not is_timely(timestamp, now):
        return PlainTextResponse("the signature's timestamp is missing or absurd\n", 403)
    if not is_signed(site.webhook_key, request.headers.get(SIGNATURE, ""), timestamp, body):
        return PlainTextResponse("the signature is missing or wrong\n", 403)
    try:
        async with site.gate:
            await asyncio.to_thread(_store, site, body, now)
    except DATABASE_FAULTS as error:
        logger.error("events could not be stored: %s; the provider will repeat them", type(error).__name__)
        return PlainTextResponse("not stored; send it again\n", 503)
    site.applier.wake()
    return Response(status_code=200)


def _store(site: Site, body: bytes, received_at: datetime) -> None:
    store_events(site.engine, read_payloads(body), received_at)


def read_payloads(body: bytes) -> list[object]:
    """The events of a signed body; a body that is no list of them is kept as one event that we do not know."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return [body.decode("utf-8", "replace")] if body else []
    return found if isinstance(found, list) else [found]
