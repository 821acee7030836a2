"""Markdown for the Prefect UI: tables that fit its page, and text that is no markup."""

import re
from collections.abc import Sequence


def escaped(text: str) -> str:
    """Text that is no markup in Markdown, on one line."""
    return re.sub(r"([\\`*_\[\]<>|&#!~])", r"\\\1", " ".join(text.split()))


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; keep the columns few and short, the page wraps them and shows no scroll bar."""
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(escaped(str(cell)) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
