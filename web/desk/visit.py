"""One request of somebody who is logged in: who, when, what was posted, and the ways to answer."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.database.engine import reading, writing
from models.settings import Settings
from programme.terms.schema import Programme
from programme.terms.tables.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from tasks.base.workspace import Workspace
from tasks.care.acting.acts import Act, record_act
from tasks.care.acting.opening_acts import open_act
from tasks.care.cases.store import BeforeLastTick
from tasks.desk.sessions import Session
from web.desk.goes import goes_of
from web.desk.showing.counts import read_counts
from web.desk.showing.looks import Looks
from web.desk.showing.moments import path_part
from web.desk.showing.words import NOTES
from web.server.site import Site

PAGE_ROWS = 50
MOST_PAGES = 10_000
PAGE = "pagina"  # in the address of a list: which page of it
BEFORE_LAST_TICK = "De klok van de klachten is al verder. Probeer het over een kwartier nog eens."
SAID = "gedaan"  # in the address after a post: which note the next page shows
UNKNOWN = "Dat is geen keuze van dit formulier. Er is niets gedaan. Open de pagina opnieuw en kies nog eens."


class Refused(Exception):
    """What was asked cannot be done; the message is a Dutch sentence for the screen."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class NotThere(Exception):
    """The page, or what it is about, does not exist."""


@dataclass
class Visit:
    """What a handler gets.

    Attributes:
        path: the parameters of the path.
        fields: of the posted form; empty for a page that is only read.
        at: the present moment, the same for all of the request.
    """

    request: Request
    site: Site
    settings: Settings
    looks: Looks
    session: Session
    at: datetime
    form_token: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def engine(self) -> Engine:
        return self.site.engine

    @property
    def programme(self) -> Programme:
        return self.site.programme

    @property
    def path(self) -> Mapping[str, str]:
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def today(self) -> date:
        return day_in_amsterdam(self.at)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.settings, self.programme, self.engine)

    @cached_property
    def page_number(self) -> int:
        """The page of a list that is asked for, from 1."""
        asked = self.query.get(PAGE, "1").lstrip("0")
        if not (asked.isascii() and asked.isdigit()):
            return 1
        # Python refuses to read a number of thousands of digits.
        return min(int(asked[: len(str(MOST_PAGES)) + 1]), MOST_PAGES)

    def word(self, name: str, longest: int = 4000) -> str:
        """A posted field, trimmed; "" when it is not there."""
        return self.fields.get(name, "").strip()[:longest]

    def choice(self, name: str, known: Collection[str], sentence: str = UNKNOWN) -> str:
        """A posted field that is one of these: a button, or what was picked. No other word stands for one of them.

        Raises:
            Refused: it is none of them.
        """
        chosen = self.word(name)
        if chosen not in known:
            raise Refused(sentence, 400)
        return chosen

    def number(self, name: str) -> int | None:
        """A number that the page sent along; None when it is not there."""
        text = self.word(name, 9)
        return int(text) if text.isascii() and text.isdigit() else None

    @contextmanager
    def acting(self) -> Iterator[Act]:
        """An act of care by the visitor, in a transaction of its own; it writes itself down.

        Raises:
            Refused: a tick has run that is later than the request.
            CareRefused: by the act.
        """
        with writing(self.engine) as connection:
            try:
                act = open_act(connection, self.programme, self.person.name, self.at, "desk")
            except BeforeLastTick:
                raise Refused(BEFORE_LAST_TICK) from None
            yield act

    def record(
        self,
        connection: Connection,
        act: str,
        subject_id: str = "",
        client_id: str | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the act of this form in the transaction of the deed, unless what does the deed writes it itself.

        It holds no words of a client.
        """
        record_act(connection, self.at, self.person.name, act, subject_id, "desk", client_id, before, after)

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page in the frame, with the menu and its counts, and the note of what was just done."""
        runs = len(goes_of(self.request).runs)
        with reading(self.engine) as connection:
            counts = read_counts(connection, self.programme, self.person.name, self.at, runs)
        said = NOTES.get(self.query.get(SAID, ""))
        return self.looks.show(template, status, visit=self, counts=counts, said=said, **values)

    def turned(self, number: int) -> str:
        """The address of another page of the same list."""
        kept = {name: text for name, text in self.query.items() if name not in (PAGE, SAID)}
        return f"{path_part(self.request.url.path)}?{urlencode(kept | {PAGE: str(number)})}"

    def done(self, path: str, note: str, **more: str) -> RedirectResponse:
        """To a page of ours after a post, with a note there (words.NOTES); never the client's words in an address."""
        joiner = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{joiner}{urlencode({SAID: note, **more})}", 303)


def noting(visit: Visit, act: str) -> Callable[[Connection, str], None]:
    """Records this act of the visitor in the transaction of the deed, for deeds that make the id themselves."""

    def note(connection: Connection, subject_id: str) -> None:
        visit.record(connection, act, subject_id)

    return note
