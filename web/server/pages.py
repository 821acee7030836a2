"""The pages' HTML: templates/page/*.html in the firm's colours, everything that people wrote escaped, no script."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse

from programme.terms.schema import Programme
from programme.words.numerals import typeset_euros
from programme.words.wording import by_workday, date_words, number_words
from tasks.base.pages import digest_source, page_environment
from tasks.base.programme_file import TEMPLATES
from tasks.mail.templating.palette import dark_palette, light_palette


class PageRenderer:
    """Renders pages for one firm.

    Attributes:
        content_policy: the Content-Security-Policy under which they are served: our two style sheets, forms to
            ourselves, the firm's logo, and nothing else.
    """

    def __init__(self, programme: Programme, own: Path | None = None) -> None:
        brand = programme.brand
        self._environment = page_environment(*(folder / "page" for folder in (own, TEMPLATES) if folder))
        self._environment.filters.update(euros=typeset_euros, date_words=date_words, in_words=number_words)
        palettes = {"light": light_palette(brand.colours), "dark": dark_palette(brand.colours)}
        style, wide = (self._environment.get_template(name).render(palettes) for name in ("style.css", "club.css"))
        self._environment.globals.update(brand=brand, trade=programme.trade)
        signals = programme.signals
        heard_by = {"contact_asked": signals.contact_asked, "lead": signals.lead}
        self._environment.globals["heard_by"] = {name: by_workday(of.due_days) for name, of in heard_by.items()}
        self._environment.globals.update(style=Markup(style), club_style=Markup(wide))
        images = f"; img-src {_origin(brand.logo_url)}" if brand.logo_url else ""
        self.content_policy = (
            f"default-src 'none'; style-src {digest_source(style)} {digest_source(wide)}{images}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    def show(self, template: str | Sequence[str], status: int = 200, **values: Any) -> HTMLResponse:
        """A page; of several template names, the first that exists."""
        names = [template] if isinstance(template, str) else list(template)
        return HTMLResponse(self.write(names, **values), status)

    def show_with_script(self, template: str, **values: Any) -> HTMLResponse:
        """A page that may load script files of ours; inline script is refused there too."""
        policy = f"{self.content_policy}; script-src 'self'"
        return HTMLResponse(self.write([template], **values), headers={"content-security-policy": policy})

    def write(self, templates: Sequence[str], **values: Any) -> str:
        """The text of the first template that exists."""
        return self._environment.select_template(list(templates)).render(**values)

    def unknown_link(self) -> HTMLResponse:
        """The same page for every link that leads nowhere, so that it tells nothing about any of them."""
        return self.show("unknown_link.html", 404)

    def fault(self, status: int) -> HTMLResponse:
        """What a visitor reads when a request cannot be served: too many of them, too large, or our own fault."""
        return self.show("fault.html", status, code=status)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
