"""The server around the web part."""

import sys
from typing import Any

from fastapi import FastAPI

from tasks.base.memory import keep_for_good

# Seconds before a thread has to let another one work: a fifth of Python's own, for whoever waits for an answer.
SWITCH_SECONDS = 0.001


def serve(app: FastAPI, port: int, **options: Any) -> None:
    """Serve until stopped. Args: options: uvicorn's."""
    import uvicorn

    keep_for_good()
    sys.setswitchinterval(SWITCH_SECONDS)
    # Its own access log would write the paths, and those hold the tokens.
    uvicorn.run(app, port=port, access_log=False, server_header=False, log_config=None, **options)
