"""The pages' HTML: templates/page/*.html in the firm's colours, everything that people wrote escaped, no script."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from programme.terms.schema import Brand
from tasks.base.programme_file import TEMPLATES
from tasks.mail.palette import DARK, light_palette


class Pages:
    """Renders pages for one firm.

    Attributes:
        content_policy: the Content-Security-Policy under which they are served: our one style sheet, forms to
            ourselves, the firm's logo, and nothing else.
    """

    def __init__(self, brand: Brand) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES / "page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = self._environment.get_template("style.css").render(light=light_palette(brand.colours), dark=DARK)
        self._environment.globals.update(brand=brand, style=Markup(style))
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        images = f"; img-src {_origin(brand.logo_url)}" if brand.logo_url else ""
        self.content_policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'{images}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    def show(self, template: str | Sequence[str], status: int = 200, **values: Any) -> HTMLResponse:
        """A page; of several template names, the first that exists."""
        names = [template] if isinstance(template, str) else list(template)
        return HTMLResponse(self._environment.select_template(names).render(**values), status)

    def unknown_link(self) -> HTMLResponse:
        """The same page for every link that leads nowhere, so that it tells nothing about any of them."""
        return self.show("unknown_link.html", 404)

    def fault(self, status: int) -> HTMLResponse:
        """What a visitor reads when a request cannot be served: too many of them, too large, or our own fault."""
        return self.show("fault.html", status, code=status)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
