"""No secret reaches Prefect: not by an error and what led to it, not by a log line, an artifact or a kept result."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("prefect")]

SECRETS = {
    "BOUWCLUB_SENDGRID_API_KEY": "SG.a1b2c3d4e5f6g7h8.i9j0k1l2m3n4o5p6",
    "BOUWCLUB_SENDGRID_WEBHOOK_KEY": "MFkwEwYHKoZIzj0-webhook",
    "BOUWCLUB_SECRET_KEY": "geheime-sleutel-van-de-firma",
    "BOUWCLUB_OLD_SECRET_KEYS": "vorige-sleutel-een",
    "BOUWCLUB_ALERT_URL": "https://hooks.example/T0001/meldingen-geheim",
    "BOUWCLUB_DATABASE_URL": "postgresql+psycopg://bouwclub:wacht%40woord-db@db.example/bouwclub",
    "BOUWCLUB_SENDGRID_HOST": "https://proxy:wachtwoord-host@sendgrid.example",
    "BOUWCLUB_BASE_URL": "https://site:wachtwoord-site@bouwclub.example",
    "PREFECT_API_AUTH_STRING": "admin:wachtwoord-prefect",
    "PREFECT_SERVER_DATABASE_PASSWORD": "wachtwoord-prefect-db",
    "HTTPS_PROXY": "http://jan:wachtwoord-proxy@proxy.example:3128",
}
LOOKED_FOR = [
    *("i9j0k1l2m3n4o5p6", "MFkwEwYHKoZIzj0", "geheime-sleutel", "vorige-sleutel", "meldingen-geheim"),
    *("wacht%40woord-db", "wacht@woord-db", "wachtwoord-host", "wachtwoord-site", "wachtwoord-prefect"),
    *("wachtwoord-proxy", "YWRtaW46d2FjaHR3b29yZC1wcmVmZWN0"),
]
TOLD = ", ".join([*SECRETS.values(), "wacht@woord-db", "Basic YWRtaW46d2FjaHR3b29yZC1wcmVmZWN0"])


class Stubborn(Exception):
    """Keeps what it says where arguments are not looked for, as drivers do."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._kept = {"text": text}

    def __str__(self) -> str:
        return self._kept["text"]


def in_a_chain(*_: Any, **__: Any) -> Any:
    try:
        try:
            raise OperationalError(f"SELECT '{TOLD}'", {"key": TOLD}, Exception(TOLD))
        except OperationalError as error:
            error.add_note(TOLD)
            raise Stubborn(TOLD) from error
    except Stubborn as error:
        raise RuntimeError("it failed with", {"settings": [TOLD]}) from error


def stubborn(*_: Any, **__: Any) -> Any:
    raise Stubborn(TOLD)


def in_a_group(*_: Any, **__: Any) -> Any:
    raise ExceptionGroup("several", [ValueError(TOLD), Stubborn(TOLD)])


@pytest.mark.parametrize("fail", [in_a_chain, stubborn, in_a_group])
def test_what_prefect_keeps_of_a_failed_run_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch, fail: Callable[..., Any]
) -> None:
    """In its whole database and among the results on its disk; a failing task, flow, log line and artifact."""
    from prefect import get_run_logger

    from flows.campaign import campaign
    from flows.secrecy import flow, task
    from flows.ui.publishing import publish
    from flows.upkeep import upkeep

    @flow(name="leaky")
    def leaky() -> None:
        publish("leaky", f"# Fout\n\n{TOLD}", TOLD)
        get_run_logger().error("it failed with %s", TOLD)
        logging.getLogger("prefect.flow_runs").error(TOLD)
        task(name="leaky-task", persist_result=True)(fail)()

    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("flows.upkeep.open_workspace", fail)
    monkeypatch.setattr("flows.campaign.open_workspace", fail)
    states = [run(return_state=True) for run in (leaky, upkeep)]
    states.append(campaign(message={"name": "x"}, return_state=True))

    assert all(state.is_failed() for state in states)
    kept = kept_by_prefect(states)
    assert b"<BOUWCLUB_SECRET_KEY>" in kept
    assert [secret for secret in LOOKED_FOR if secret.encode() in kept] == []


def kept_by_prefect(states: list[Any]) -> bytes:
    """Its database and results, once the logs of these runs have come in."""
    from prefect import get_client
    from prefect.client.schemas.filters import LogFilter
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, PREFECT_SERVER_DATABASE_CONNECTION_URL

    with get_client(sync_client=True) as client:
        for state in states:
            run = LogFilter(flow_run_id={"any_": [state.state_details.flow_run_id]})
            deadline = time.monotonic() + 30
            while not client.read_logs(run):
                assert time.monotonic() < deadline, "no log came in"
                time.sleep(0.2)
    database = Path(make_url(str(PREFECT_SERVER_DATABASE_CONNECTION_URL.value())).database or "")
    files = [*database.parent.glob(f"{database.name}*"), *Path(PREFECT_LOCAL_STORAGE_PATH.value()).glob("*")]
    return b"".join(file.read_bytes() for file in files if file.is_file())
