"""The server around the web part."""

import sys
from typing import Any

from fastapi import FastAPI

from tasks.base.memory import keep_for_good

# Seconds before a thread has to let another one work: a fifth of Python's own, for whoever waits for an answer.
SWITCH_SECONDS = 0.001
FAREWELL_SECONDS = 10  # for what is under way when the server is stopped


def serve(app: FastAPI, port: int, **options: Any) -> None:
    """Serve until stopped. Args: options: uvicorn's."""
    import uvicorn

    keep_for_good()
    sys.setswitchinterval(SWITCH_SECONDS)
    uvicorn.run(app, port=port, **server_options(), **options)


def server_options() -> dict[str, Any]:
    """What uvicorn has to be told, whoever starts it."""
    from web.server.connections import HEADER_BYTES, CarefulProtocol

    return {
        "http": CarefulProtocol,
        "ws": "none",
        "h11_max_incomplete_event_size": HEADER_BYTES,
        "timeout_graceful_shutdown": FAREWELL_SECONDS,
        # Its own access log would write the paths, and those hold the tokens.
        "access_log": False,
        "server_header": False,
        "log_config": None,
    }
