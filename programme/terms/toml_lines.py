"""The line on which a key of a TOML file stands, so that a message can point at it.

The standard parser reports no lines, so this module reads just enough of the syntax itself.
"""

import re
from collections import Counter

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_LONG_QUOTE = re.compile(r'"""|\'\'\'')

Path = tuple[str | int, ...]


def lines_of_keys(text: str) -> dict[Path, int]:
    """The line (from 1) of each table and key that starts a line; entries of `[[lists]]` are counted from 0."""
    lines: dict[Path, int] = {}
    entries: Counter[Path] = Counter()
    table: Path = ()
    in_long_text = False
    for number, line in enumerate(text.splitlines(), 1):
        if len(_LONG_QUOTE.findall(line)) % 2:
            in_long_text = not in_long_text
            if not in_long_text:
                continue
        elif in_long_text:
            continue
        if header := _HEADER.fullmatch(line):
            table = _table(_parts(header[2]), header[1] == "[[", entries)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """The line of the key itself, else of the nearest table or key around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _table(parts: Path, is_entry: bool, entries: "Counter[Path]") -> Path:
    """The path of a header; a table below a `[[list]]` belongs to that list's latest entry."""
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in entries:
            path = (*path, entries[path] - 1)
    path = (*path, parts[-1])
    if not is_entry:
        return path
    entries[path] += 1
    return (*path, entries[path] - 1)


def _parts(text: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(text))
