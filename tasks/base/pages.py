"""How pages and papers are rendered; mails have an environment of their own (tasks/mail/templating/templates.py)."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.base.programme_file import TEMPLATES

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def pages() -> "Environment":
    """The one of pages that are files: they need no filters, and every one of them starts at `templates/`."""
    return page_environment(TEMPLATES)


def page_environment(*folders: Path) -> "Environment":
    """An environment that escapes whatever it is given, and knows no empty value for a wrong name.

    Args:
        folders: where the templates are; of two with one name, the first is taken.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # most commands draw no page

    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def digest_source(style: str) -> str:
    """What a Content-Security-Policy says of a style sheet that it allows inline."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
