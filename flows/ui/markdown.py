"""Markdown for the Prefect UI: tables that fit its page, and text that is no markup."""

import re
from collections.abc import Sequence

from programme.words.numerals import dotted

# What the UI would make a link of, and a break in it that is not seen. An escape does not help: the UI looks for
# addresses in the text that is left after reading the markup.
_LINKS = re.compile(r"(?i):(?=//)|@|www(?=\.)")
_WORD_JOINER = "\u2060"


def escaped(text: str) -> str:
    """Text that is no markup in Markdown, on one line, and no link."""
    plain = _LINKS.sub(lambda found: found[0] + _WORD_JOINER, " ".join(text.split()))
    return re.sub(r"([\\`*_\[\]<>|&#!~])", r"\\\1", plain)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table, with dots in large numbers; keep its columns few and short, the page wraps them and does not scroll."""
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(escaped(dotted(cell) if isinstance(cell, int) else str(cell)) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def fenced(text: str, language: str = "") -> str:
    """Text as it is, in a block of code: the fence is longer than any row of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
