"""The server around the web part."""

import socket
import sys
from typing import Any

from fastapi import FastAPI

from tasks.base.memory import keep_for_good

# Seconds before a thread has to let another one work: a fifth of Python's own, for whoever waits for an answer.
SWITCH_SECONDS = 0.001
FAREWELL_SECONDS = 10  # for what is under way when the server is stopped


class PortTaken(Exception):
    """Nobody can listen there; the message says what to do."""


def serve(app: FastAPI, host: str, port: int, **options: Any) -> None:
    """Serve until stopped.

    Args:
        options: uvicorn's.

    Raises:
        PortTaken: another program listens there, or this machine has no such address.
    """
    import uvicorn

    _require_free(host, port)
    keep_for_good()
    sys.setswitchinterval(SWITCH_SECONDS)
    uvicorn.run(app, host=host, port=port, **server_options(), **options)


def _require_free(host: str, port: int) -> None:
    """uvicorn itself would write a log of six lines and leave with a code of its own."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]  # Python adds the address once more
        raise PortTaken(f"cannot listen on {host}:{port}: {why}. Choose another --port or --host") from None


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
