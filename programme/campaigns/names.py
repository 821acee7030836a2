"""A campaign's name: the occasion of its messages, and as somebody wrote it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from programme.words.plain_text import clean

SHOWN_LENGTH = 80  # characters


def name_of(text: object) -> str:
    """A name as an occasion: "Voorjaarsbrief 2026" and "voorjaarsbrief-2026 " are the same campaign."""
    plain = unicodedata.normalize("NFKD", str(text or "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def written_name(name: str, form: Mapping[str, Any] | None) -> str:
    """The name as the form has it, to be shown to people; `name` where the form has none that means it.

    >>> written_name("voorjaarsbrief-2026", {"message": {"name": "Voorjaarsbrief 2026"}})
    'Voorjaarsbrief 2026'
    """
    message = (form or {}).get("message")
    written = clean(str(message.get("name", "")), SHOWN_LENGTH) if isinstance(message, Mapping) else ""
    return written if name_of(written) == name else name
