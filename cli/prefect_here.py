"""Prefect inside a command: its server lives as long as the command, keeps its files apart, and says nothing.

To be called before anything imports prefect, which reads its settings once.
"""

import os
from pathlib import Path

HOME = Path(".bouwclub") / "prefect"
STARTUP_SECONDS = 120  # a new server takes 12 to 14 s on two cores, Prefect gives up at 20

# A failing flow is told in our own line; Prefect would print its traceback at the level ERROR.
SILENCE = {
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(STARTUP_SECONDS),
}


def run_prefect_here() -> None:
    """Set what the user has not: a server, home or profile of his own is used as it is."""
    own = ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH")
    if not any(os.environ.get(name) for name in own):
        HOME.mkdir(parents=True, exist_ok=True)  # Prefect makes only the last folder of the path
        os.environ["PREFECT_HOME"] = str(HOME.resolve())
    for name, value in SILENCE.items():
        os.environ.setdefault(name, value)
