"""The desk's HTML: templates/desk/*.html, everything that people wrote escaped, style sheets of our own.

One page has a script, of our own too: the composer of campaigns, which works without it.
"""

from typing import Any, NamedTuple, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse

from programme.campaigns.audience.audience_words import people_words
from programme.terms.schema import Brand
from programme.words.numerals import dotted, typeset_euros
from programme.words.wording import capitalised, date_words, listed, number_words, weekday_words
from tasks.base.pages import page_environment
from tasks.base.programme_file import TEMPLATES
from web.desk.showing import moments, words
from web.desk.styles import COMPOSER_SCRIPT, STYLES, StyleSheets
from web.server.site import site_of

# Nothing but our own style sheets and forms to ourselves: no script, no picture from elsewhere, no inline style.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The composer counts while one types, and shows mails in frames that may do nothing.
COMPOSER_POLICY = f"{CONTENT_POLICY}; script-src 'self'; connect-src 'self'; frame-src 'self'"
# The page that a form was on is told to us alone: with no-referrer, browsers would post with the origin "null".
HEADERS = {"content-security-policy": CONTENT_POLICY, "referrer-policy": "same-origin"}


class MenuLine(NamedTuple):
    """A line of the menu; `counted` names what its number counts."""

    path: str
    label: str
    icon: str
    counted: str = ""


MENU: tuple[tuple[str, tuple[MenuLine, ...]], ...] = (
    (
        "Werk",
        (
            MenuLine("/desk", "Vandaag", "sun", "tasks"),
            MenuLine("/desk/tasks", "Taken", "check", ""),
            MenuLine("/desk/clients", "Klanten", "people"),
            MenuLine("/desk/cases", "Klachten", "clock", "cases"),
        ),
    ),
    (
        "Wacht op iemand",
        (
            MenuLine("/desk/replies", "Onbekende afzenders", "mail", "replies"),
            MenuLine("/desk/messages", "In twijfel", "help", "doubtful"),
            MenuLine("/desk/payouts", "Uitbetalingen", "euro", "payouts"),
        ),
    ),
    (
        "Marketing",
        (
            MenuLine("/desk/campaigns", "Campagnes", "send", "campaigns"),
            MenuLine("/desk/calendar", "Kalender", "calendar"),
            MenuLine("/desk/what-if", "Wat als", "help"),
            MenuLine("/desk/figures", "Cijfers", "chart"),
        ),
    ),
    ("Nalezen", (MenuLine("/desk/acts", "Wie deed wat", "list"),)),
)


class Looks:
    """Renders the desk of one firm."""

    def __init__(self, brand: Brand) -> None:
        self._environment = page_environment(TEMPLATES / "desk")
        self.styles = StyleSheets(brand.colours)
        self._environment.filters.update(
            euros=typeset_euros,
            date_words=date_words,
            weekday_words=weekday_words,
            in_words=number_words,
            thousands=dotted,
            listed=listed,
            capitalised=capitalised,
            moment=moments.moment_words,
            clock=moments.clock_words,
            path=moments.path_part,
            tel=moments.telephone,
            people=people_words,
        )
        self._environment.globals.update(
            brand=brand,
            menu=MENU,
            words=words,
            moments=moments,
            styles=[f"/static/desk/{self.styles.version}/{name}" for name in STYLES],
            composer_script=f"/static/desk/{self.styles.version}/{COMPOSER_SCRIPT}",
        )

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page; one in the frame gets what the frame shows from Visit.show."""
        return HTMLResponse(self._environment.get_template(template).render(values), status, HEADERS)


def looks_of(request: Request) -> Looks:
    """Of the application that serves this request."""
    state = request.app.state
    if not hasattr(state, "looks"):
        state.looks = Looks(site_of(request).programme.brand)
    return cast(Looks, state.looks)
