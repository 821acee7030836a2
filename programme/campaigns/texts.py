"""The texts that a marketer writes in a campaign, as plain words that a mail can hold.

They are values that templates place, never part of a template: nothing in them is markup, a field or a header.
"""

import json
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from programme.mail.links import tracked_link
from programme.terms.schema import Programme
from programme.words.plain_text import clean
from programme.words.wording import clock_words, date_words, weekday_words

LINE_LENGTH = 160  # characters, like all lengths here
INTRO_LENGTH = 800
BODY_LENGTH = 6_000
PARAGRAPH_LENGTH = 1_500
PREHEADER_LENGTH = 110
BULLETS = ("- ", "* ", "• ")
DEFAULT_LINK_LABEL = "Lees meer"

EMPTY = {
    "body": [],
    "event": "",
    "intro": "",
    "link_label": "",
    "link_url": "",
    "place": "",
    "preheader": "",
    "subject": "",
    "title": "",
    "valid_from": "",
    "when": "",
}


class CampaignTexts(NamedTuple):
    """The texts as written, before cleaning; "" or None where nothing was filled in."""

    subject: str
    title: str = ""
    intro: str = ""
    body: str = ""
    link_label: str = ""
    link_url: str = ""
    event_on: date | None = None
    event_time: time | None = None
    place: str = ""
    valid_from: date | None = None


def copy_of(programme: Programme, name: str, texts: CampaignTexts) -> str:
    """The texts as a mail's variant stores them: JSON with sorted keys, cleaned, dates in words."""
    parts = body_parts(texts.body)
    intro = clean(texts.intro, INTRO_LENGTH)
    subject = clean(texts.subject, LINE_LENGTH)
    first_line = intro or next((part for part in parts if isinstance(part, str)), "") or subject
    link_label = clean(texts.link_label, LINE_LENGTH) or DEFAULT_LINK_LABEL
    values = {
        "body": parts,
        "event": _event(texts),
        "intro": intro,
        "link_label": link_label if texts.link_url else "",
        "link_url": _link(programme, name, texts.link_url) if texts.link_url else "",
        "place": clean(texts.place, LINE_LENGTH),
        "preheader": clean(first_line, PREHEADER_LENGTH),
        "subject": subject,
        "title": clean(texts.title, LINE_LENGTH) or subject,
        "valid_from": date_words(texts.valid_from) if texts.valid_from else "",
        "when": _when(texts),
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=64)
def texts_of(copy: str) -> Mapping[str, Any]:
    """The texts that `copy_of` stored, with every key; for "", all are empty."""
    return EMPTY | (json.loads(copy) if copy else {})


def body_parts(body: str) -> list[str | list[str]]:
    """The paragraphs (separated by an empty line) and the lists (lines that start with a dash), cleaned, in order."""
    parts: list[str | list[str]] = []
    for block in "\n".join(line.strip() for line in body.splitlines()).split("\n\n"):
        plain: list[str] = []
        bullets: list[str] = []
        for line in filter(None, block.split("\n")):
            if line.startswith(BULLETS):
                bullets.append(clean(line[2:], PARAGRAPH_LENGTH))
            elif bullets:
                bullets[-1] = clean(f"{bullets[-1]} {line}", PARAGRAPH_LENGTH)
            else:
                plain.append(line)
        if text := clean(" ".join(plain), PARAGRAPH_LENGTH):
            parts.append(text)
        if bullets := [bullet for bullet in bullets if bullet]:
            parts.append(bullets)
    return parts


def is_link(url: str) -> bool:
    """Whether a mail may carry the link: https, a dotted host, and no character that could end the link early."""
    if not url.isascii() or not url.isprintable() or any(character in url for character in " <>\"'[]{}\\^`|"):
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host.strip(".") and "@" not in parts.netloc


def _link(programme: Programme, name: str, url: str) -> str:
    """The link with the campaign's name when it leads to the firm's own site; any other link unchanged."""
    if urlsplit(url).hostname != urlsplit(programme.brand.site_url).hostname:
        return url
    return tracked_link(url, programme.tracking.utm_source, programme.tracking.utm_medium, name)


def _event(texts: CampaignTexts) -> str:
    """The beginning as a calendar takes it: "2026-12-03T19:30", or the day alone."""
    if not texts.event_on:
        return ""
    return f"{texts.event_on}T{texts.event_time:%H:%M}" if texts.event_time else f"{texts.event_on}"


def _when(texts: CampaignTexts) -> str:
    """ "donderdag 3 december 2026, 19.30 uur"."""
    day = weekday_words(texts.event_on) if texts.event_on else ""
    hour = f"{clock_words(texts.event_time)} uur" if texts.event_time else ""
    return ", ".join(filter(None, (day, hour)))
