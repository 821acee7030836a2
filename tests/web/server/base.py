"""The web part behind a real server and real sockets, in a thread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine

from tasks.inbound.journal import Journal
from tests.factories import shipped_programme
from tests.web.conftest import NOW, settings
from web.server.app import create_app
from web.server.serving import server_options


class Address:
    """Where it listens."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def says(self, request: bytes, seconds: float = 10) -> bytes:
        """All that comes back until the server closes or falls silent."""
        with self.connect() as caller:
            caller.sendall(request)
            return received(caller, seconds)


def received(caller: socket.socket, seconds: float) -> bytes:
    found = b""
    caller.settimeout(seconds)
    try:
        while part := caller.recv(65_536):
            found += part
    except (TimeoutError, ConnectionResetError):
        pass
    return found


@contextmanager
def listening(engine: Engine, folder: Path) -> Iterator[Address]:
    app = create_app(settings(), engine, shipped_programme(), lambda: NOW, None, Journal(folder / "wishes"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        options: dict[str, Any] = server_options()
        server = uvicorn.Server(uvicorn.Config(app, **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Address(listener.getsockname()[1])
        server.should_exit = True
        thread.join(20)
