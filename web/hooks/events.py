"""POST /webhooks/sendgrid/events: verify the raw body, store, answer; the effect is worked out afterwards."""

import asyncio
import logging
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from tasks.inbound.events import store_events
from web.hooks.applying import DATABASE_FAULTS
from web.hooks.payloads import Payloads, read_payloads, read_storable
from web.hooks.signature import is_signature, is_signed, is_timely
from web.server.reading import NoRoom, Room, TooSlow, read_body
from web.server.site import Site, site_of

logger = logging.getLogger("bouwclub.web")
router = APIRouter()

BODY_BYTES = 8 * 1024 * 1024  # SendGrid posts at 768 KB or after 30 seconds; anything far above is not it
BODIES_ROOM = Room(64 * 1024 * 1024)  # bytes of all bodies that are being read, signed or not
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


@router.post("/webhooks/sendgrid/events")
async def receive_events(request: Request) -> Response:
    """4xx for what events say only when nothing of it can be read: SendGrid repeats the whole list for a day."""
    site = site_of(request)
    if site.webhook_key is None:
        return PlainTextResponse("events are refused: BOUWCLUB_SENDGRID_WEBHOOK_KEY is not set\n", 503)
    now = site.clock()
    timestamp, signature = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    # Both before the body: nobody has to be read for eight megabytes who did not even try.
    if not is_timely(timestamp, now):
        return PlainTextResponse("the signature's timestamp is missing or absurd\n", 403)
    if not is_signature(signature):
        return PlainTextResponse("the signature is missing or wrong\n", 403)
    try:
        body = await read_body(request, BODY_BYTES, BODIES_ROOM)
    except (TooSlow, NoRoom) as error:
        return PlainTextResponse("not stored; send it again\n", 408 if isinstance(error, TooSlow) else 503)
    if body is None:
        return PlainTextResponse(f"more than {BODY_BYTES} bytes\n", 413)
    if not await asyncio.to_thread(is_signed, site.webhook_key, signature, timestamp, body):
        return PlainTextResponse("the signature is missing or wrong\n", 403)
    return await _keep(site, body, now)


async def _keep(site: Site, body: bytes, received_at: datetime) -> Response:
    try:
        async with site.gate:
            payloads = await asyncio.to_thread(_store, site, body, received_at)
    except DATABASE_FAULTS as error:
        logger.error("events could not be stored: %s; the provider will repeat them", type(error).__name__)
        return PlainTextResponse("not stored; send it again\n", 503)
    site.applier.wake()
    if payloads.elements and not payloads.readable:
        logger.error("a signed list of %d bytes could not be read; it is kept as it came", len(body))
        return PlainTextResponse("this is no list of events; send it again\n", 400)
    if payloads.readable < len(payloads.elements):
        unreadable = len(payloads.elements) - payloads.readable
        logger.error("%d of %d events could not be read; kept as they came", unreadable, len(payloads.elements))
    return Response(status_code=200)


def _store(site: Site, body: bytes, received_at: datetime) -> Payloads:
    payloads = read_payloads(body)
    try:
        store_events(site.engine, payloads.elements, received_at, site.keys)
    except (ValueError, RecursionError):
        payloads = read_storable(body)
        store_events(site.engine, payloads.elements, received_at, site.keys)
    return payloads
