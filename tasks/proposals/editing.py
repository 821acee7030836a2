"""Values of a TOML text changed in their places: comments, order and all else stay as they are."""

import tomllib
from collections.abc import Iterable
from typing import Any

import tomlkit

from programme.proposals.changes import Change, changed
from programme.terms.toml_lines import lines_of_keys


class EditLost(Exception):
    """The text could not be changed so that it means what was meant; nothing was written."""


def edited(text: str, changes: Iterable[Change]) -> str:
    """The text with the changes made.

    Raises:
        EditLost: the result would say anything else, which is a fault of ours.
    """
    changes = list(changes)
    result = text
    for change in changes:
        result = _with_change(result, change)
    if tomllib.loads(result) != changed(tomllib.loads(text), changes):
        keys = ", ".join(change.dotted for change in changes)
        raise EditLost(f"the programme file cannot be changed in its places ({keys}). Change it by hand.")
    return result


def _with_change(text: str, change: Change) -> str:
    if isinstance(change.new, dict):
        return _appended(text, change)
    head = lines_of_keys(text).get(change.key[:-1]) if change.old is None else None
    if head and text.splitlines()[head - 1].lstrip().startswith("["):
        return _inserted(text, head, change)
    document = tomlkit.parse(text)
    place: Any = document
    for part in change.key[:-1]:
        place = place[part]
    if change.new is None:
        del place[change.key[-1]]
    else:
        place[change.key[-1]] = change.new
    return tomlkit.dumps(document)


def _inserted(text: str, line: int, change: Change) -> str:
    """A new key right below the head of its table: at the table's end it could land behind the next one's comment."""
    lines = text.splitlines(keepends=True)
    end = _end_of(text)
    if not lines[line - 1].endswith("\n"):
        lines[line - 1] += end
    written = tomlkit.dumps({change.key[-1]: change.new}).strip()
    return "".join([*lines[:line], written + end, *lines[line:]])


def _appended(text: str, change: Change) -> str:
    """A new table at the end of the file."""
    end = _end_of(text)
    head = f"[{change.dotted}]\n{tomlkit.dumps(change.new)}"
    return f"{text.rstrip()}{end}{end}{head.replace(chr(10), end)}"


def _end_of(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
