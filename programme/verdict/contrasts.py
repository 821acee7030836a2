"""How well the words of a mail's HTML stand out from their ground, in light mode and in dark mode."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from programme.verdict.findings import Code, Finding
from programme.verdict.looks import UNSEEN
from programme.words.colours import LEAST_CONTRAST, contrast

HIDDEN = ""  # the colour of what nobody sees
_COLOUR = re.compile(r"(?:^|;)\s*(color|background)(?:-color)?\s*:\s*(#[0-9a-fA-F]{6})\b")
_HEX = re.compile("#[0-9a-fA-F]{6}")
_DARK = "@media (prefers-color-scheme: dark)"
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMPOUND = re.compile(r"([a-z][a-z0-9]*)?((?:\.[\w-]+)*)")
_BLANK = "\xa0\u200a \n\t\u200b\u00ad\u034f\u2007\ufeff"
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


class _Element(NamedTuple):
    """An open element with the colours of its words and of its ground."""

    tag: str
    classes: frozenset[str]
    colour: str
    ground: str


class _Compound(NamedTuple):
    """One part of a selector, such as `td` or `a.lk`; `is_child` of what stands before it, else below it somewhere."""

    tag: str
    classes: frozenset[str]
    is_child: bool

    def is_met(self, element: _Element) -> bool:
        return self.tag in ("", element.tag) and self.classes <= element.classes


class _Rule(NamedTuple):
    """A rule of the style in the head, with its weight: the number of classes, of tags, and its place."""

    parts: tuple[_Compound, ...]
    colours: Mapping[str, str]
    weight: tuple[int, int, int]

    def is_met(self, path: Sequence[_Element]) -> bool:
        """Whether it is about the last element of the path."""
        return self.parts[-1].is_met(path[-1]) and self._is_above(len(self.parts) - 2, path[:-1], self.parts[-1])

    def _is_above(self, place: int, path: Sequence[_Element], below: _Compound) -> bool:
        if place < 0:
            return True
        for end in range(len(path), 0, -1):
            part = self.parts[place]
            if part.is_met(path[end - 1]) and self._is_above(place - 1, path[: end - 1], part):
                return True
            if below.is_child:
                return False
        return False


def faint_words(place: str, html: str) -> Iterator[Finding]:
    """Words whose colour stands out too little from their ground, by the inline styles and by the dark style."""
    seen = UNSEEN.sub("", html)
    dark = dark_rules(html)
    for rules, mode in (((), ""), *([(dark, "donker: ")] if dark else [])):
        reader = _Colours(rules)
        reader.feed(seen)
        for words, colour, ground in reader.faint:
            ratio = f"{contrast(colour, ground):.1f}".replace(".", ",")
            yield Finding(Code.CONTRAST, place, f"{mode}“{words}” ({colour} op {ground}, contrast {ratio})")


def dark_rules(html: str) -> tuple[_Rule, ...]:
    """The rules of the head's style for dark mode, the lightest first, so that the last that is met holds."""
    at = html.find(_DARK)
    if at < 0:
        return ()
    found = []
    for number, (selectors, declared) in enumerate(_RULE.findall(_block(html, at + len(_DARK)))):
        if colours := dict(_COLOUR.findall(declared)):
            found += [_rule(each, colours, number) for each in selectors.split(",")]
    return tuple(sorted(found, key=lambda rule: rule.weight))


def _block(text: str, start: int) -> str:
    """What stands between the braces that open after `start`."""
    first, depth = text.index("{", start), 0
    for at in range(first, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[first + 1 : at]
    return ""


def _rule(selector: str, colours: Mapping[str, str], number: int) -> _Rule:
    parts, is_child = [], False
    for word in selector.split():
        if word == ">":
            is_child = True
            continue
        found = _COMPOUND.fullmatch(word)
        tag, classes = (found[1] or "", found[2] or "") if found else (word, "")
        parts.append(_Compound(tag, frozenset(filter(None, classes.split("."))), is_child))
        is_child = False
    weight = sum(len(part.classes) for part in parts), sum(bool(part.tag) for part in parts), number
    return _Rule(tuple(parts), colours, weight)


class _Colours(HTMLParser):
    """Follows the colours of text and ground down the elements."""

    def __init__(self, rules: Sequence[_Rule] = ()) -> None:
        super().__init__()
        self._rules = rules
        self._open = [_Element("", frozenset(), "#000000", "#ffffff")]
        self.faint: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given, above = dict(attrs), self._open[-1]
        style = given.get("style") or ""
        named = dict(_COLOUR.findall(style))
        element = _Element(tag, frozenset((given.get("class") or "").split()), "", "")
        for rule in self._rules:
            if rule.parts[-1].is_met(element) and rule.is_met([*self._open, element]):
                named |= rule.colours
        is_hidden = "display:none" in style or above.colour == HIDDEN
        colour = HIDDEN if is_hidden else named.get("color", above.colour)
        ground = named.get("background", given.get("bgcolor") or above.ground)
        self._open.append(element._replace(colour=colour, ground=ground))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:  # the reader says an end after each <br />
            return
        while len(self._open) > 1:
            if self._open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        words, last = data.strip(_BLANK), self._open[-1]
        is_seen = words and all(map(_HEX.fullmatch, (last.colour, last.ground)))
        if is_seen and contrast(last.colour, last.ground) < LEAST_CONTRAST:
            self.faint.append((words[:40], last.colour, last.ground))
