"""Prefect's REST API, for whoever does not import Prefect: a command or a page that starts, finds or cancels a run."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PATIENCE_SECONDS = 2.0  # somebody waits for the page
STARTING_SECONDS = 15.0  # a server that is busy takes a while to make a run


class NoServer(Exception):
    """The Prefect server did not answer, or refused; nothing is known of what it did."""


@dataclass(frozen=True)
class PrefectApi:
    """A server.

    Attributes:
        url: of its API, as PREFECT_API_URL has it; "" for none.
        auth: name:password, as PREFECT_API_AUTH_STRING has it; "" where the server asks for none.
        pages: its address as a browser sees it, as PREFECT_UI_URL has it; "" where that is the API's.
    """

    url: str
    auth: str = field(default="", repr=False)
    pages: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "PrefectApi":
        """The server that the environment names."""
        named = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "PREFECT_UI_URL")
        return cls(*(environment.get(name, "") for name in named))

    @property
    def ui(self) -> str:
        """The address of the server's pages."""
        return (self.pages or self.url).rstrip("/").removesuffix("/api")

    def get(self, path: str, patience: float = PATIENCE_SECONDS) -> Any:
        """What the server has there. Raises NoServer."""
        return self._ask(urllib.request.Request(self._address(path), headers=self._headers()), patience)

    def post(self, path: str, said: Mapping[str, Any], patience: float = PATIENCE_SECONDS) -> Any:
        """The server's answer. Raises NoServer."""
        body = json.dumps(said).encode()
        return self._ask(urllib.request.Request(self._address(path), body, self._headers()), patience)

    def _address(self, path: str) -> str:
        if not self.url:
            raise NoServer("PREFECT_API_URL is not set")
        return f"{self.url.rstrip('/')}/{path}"

    def _headers(self) -> dict[str, str]:
        headers = {"content-type": "application/json"}
        if self.auth:
            headers["authorization"] = f"Basic {base64.b64encode(self.auth.encode()).decode()}"
        return headers

    def _ask(self, request: urllib.request.Request, patience: float) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise NoServer(f"{type(error).__name__} {error.code}") from None
        except (OSError, ValueError) as error:
            raise NoServer(type(error).__name__) from None
