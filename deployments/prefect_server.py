"""The Prefect server as we run it: Prefect's own application, with three things around it and one put right in it.

A Content-Security-Policy: its UI otherwise calls an analytics host although analytics is off. And a busy SQLite is
asked again: Prefect begins a transaction by reading, and SQLite refuses the write that follows when another one was
committed meanwhile (SQLITE_BUSY_SNAPSHOT, for which no waiting helps). Prefect answers 503 then, its own client asks
again, but a browser does not, and one start of a run in eight was lost.

The pages of its UI in a folder of their own: Prefect unpacks them into its own package, and where that belongs to
root, as in our image, it logs an error and serves no UI at all.

Put right: whoever switched a schedule off in the UI and on again took its parameters away, `dry_run = false` with them.
From then on the clock's runs looked, mailed nobody and ended well.
"""

import argparse
import asyncio
import os
import random
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 0.05  # doubled each time, up to the longest; some four seconds in all
LONGEST_PAUSE_SECONDS = 0.5
LARGEST_BODY = 1024 * 1024  # bytes; Prefect takes no larger parameters
UNAVAILABLE = 503
KEEP_ALIVE_SECONDS = 5  # as Prefect's own command says it


def content_policy(api_url: str) -> str:
    """What the UI may load and whom it may ask: this server alone, and the address of the API that it was told.

    Its scripts and styles are its own but partly inline.
    """
    parts = urlsplit(api_url)
    socket = "wss" if parts.scheme == "https" else "ws"
    api = f" {parts.scheme}://{parts.netloc} {socket}://{parts.netloc}" if parts.netloc else ""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'{api}; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class Around:
    """ASGI middleware around Prefect's application; what is no HTTP passes through."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app, self._policy = app, policy.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _small_body(scope, receive)
        if body is None:
            await self._app(scope, receive, self._with_policy(send))
            return
        pause = FIRST_PAUSE_SECONDS
        for attempt in range(1, ATTEMPTS + 1):
            answer = _Answer(self._with_policy(send), is_last=attempt == ATTEMPTS)
            try:
                await self._app(dict(scope), _replay(body, receive), answer)
            except Exception:  # which Prefect's application raises on after it has answered, for its server to log
                if not answer.is_refused:
                    raise
            if not answer.is_refused:
                return
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # apart from others that wait
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _with_policy(self, send: Send) -> Send:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"content-security-policy", self._policy)]
            await send(message)

        return send_on


class _Answer:
    """Sends on what it is given, except a 503 that may still become an answer: nothing was written then."""

    def __init__(self, send: Send, is_last: bool) -> None:
        self._send, self._is_last = send, is_last
        self.is_refused = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == UNAVAILABLE and not self._is_last:
            self.is_refused = True
        if not self.is_refused:
            await self._send(message)


async def _small_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None when it is said to be too large to be kept, or not said at all how large."""
    said = dict(scope["headers"])
    length = said.get(b"content-length", b"0")
    if b"transfer-encoding" in said or not length.isdigit() or int(length) > LARGEST_BODY:
        return None
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break  # the caller went away; the application is told when it asks
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, then whatever else the caller does."""
    given = False

    async def next_message() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return next_message


def keep_parameters_of_schedules() -> None:
    """A change of a schedule that does not name its parameters leaves them; Prefect 3.8.8 empties them."""
    from prefect.server.models import deployments

    update: Any = deployments.update_deployment_schedule

    @wraps(update)
    async def update_what_is_named(*given: Any, schedule: Any, **named: Any) -> bool:
        if "parameters" not in schedule.model_fields_set:
            schedule = schedule.model_copy(update={"parameters": None})  # what is None is left out
        return await update(*given, schedule=schedule, **named)

    deployments.update_deployment_schedule = update_what_is_named


def unpack_ui_at_home() -> None:
    """Have Prefect unpack its UI in PREFECT_HOME, which it must be able to write anyway, unless it is told where.

    To be called before Prefect is imported.
    """
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    os.environ.setdefault("PREFECT_SERVER_UI_STATIC_DIRECTORY", str(home / "ui"))


def application() -> Any:
    """Prefect's application in ours."""
    unpack_ui_at_home()
    from prefect.server.api.server import create_app
    from prefect.settings import PREFECT_UI_API_URL

    keep_parameters_of_schedules()
    return Around(create_app(final=True), content_policy(str(PREFECT_UI_API_URL.value() or "")))


def main() -> None:
    import uvicorn

    parser = argparse.ArgumentParser(prog="python -m deployments.prefect_server", description="The Prefect server.")
    parser.add_argument("--host", default=os.environ.get("PREFECT_SERVER_API_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PREFECT_SERVER_API_PORT", "4200")))
    asked = parser.parse_args()
    uvicorn.run(application(), host=asked.host, port=asked.port, timeout_keep_alive=KEEP_ALIVE_SECONDS)


if __name__ == "__main__":
    main()
