"""Whether the mails promise only what is there: pages that are served, and offers that a rule grants."""

import re
from collections.abc import Collection, Iterator, Mapping

from programme.terms.faults import Fault, Path, did_you_mean, quoted
from programme.terms.kinds import kinds_of_rooms
from programme.terms.own_pages import OWN_PAGES, SITES
from programme.terms.schema import Programme
from programme.words.tokens import CODE_IN_WORDS

_LINK = re.compile(r"\bf\.([a-z_]+_url)\b")
_SITE = re.compile(r"\bsites\.([a-z_]+)\b")
_QUESTION = re.compile(r"\bf\.answer_url\b|\bforms\[")
_OFFER = re.compile(r"\bf\.(code|valid_until|offer_percent)\b")
# What a reader sees: neither expressions and tags of the template, nor those of the markup.
_UNSEEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<mj-style.*?</mj-style>|<[^<>]*>", re.DOTALL)
_PERCENT = re.compile(r"\d+(?:[.,]\d+)? ?(?:%|procent\b)")


def promise_faults(
    programme: Programme, texts: Mapping[str, str], asking: Collection[str] | None = None
) -> Iterator[Fault]:
    """Links to pages that nobody serves, and discounts that stand in words instead of coming from a rule.

    Args:
        texts: of the template files, by their path below templates/, e.g. "mail/win_back.txt".
        asking: the mails that a page of answers belongs to; None leaves that unchecked.
    """
    of_rooms = {name for kind in kinds_of_rooms() for name in kind.fields}
    for file, text in sorted(texts.items()):
        path = _path_of(programme, file)
        yield from _link_faults(path, file, text, of_rooms)
        yield from _offer_faults(programme, path, file, text)
        if path and asking is not None and path[1] not in asking and (found := _QUESTION.search(text)):
            yield Fault(
                path,
                f"templates/{file} places {found[0].rstrip('[')}, and this mail asks no question: its page would say "
                "that the link does not work. Take it out, or give it a question in programme/inbound/answers.py.",
            )
    yield from _benefit_faults(programme)


def _path_of(programme: Programme, file: str) -> Path:
    """Where the programme file has the mail of a template; of one that many share, nowhere."""
    name = file.removeprefix("mail/").partition(".")[0]
    for table, mailings in (("touchpoints", programme.touchpoints), ("campaigns", programme.campaigns)):
        if file.startswith("mail/") and name in (mailings or {}):
            return (table, name)
    return ()


def _link_faults(path: Path, file: str, text: str, of_rooms: set[str]) -> Iterator[Fault]:
    for name in dict.fromkeys(_LINK.findall(text)):
        if name not in OWN_PAGES and name not in of_rooms:
            yield Fault(
                path,
                f"templates/{file} links to f.{name}, and no page of that name is served. There are "
                f"{', '.join(f'f.{each}' for each in OWN_PAGES)}.{did_you_mean(name, OWN_PAGES)}",
            )
    for name in dict.fromkeys(_SITE.findall(text)):
        if name not in SITES:
            known = ", ".join(f"sites.{each}" for each in SITES)
            yield Fault(
                path, f"templates/{file} links to sites.{name}, which [brand] does not have. There are {known}."
            )


def _benefit_faults(programme: Programme) -> Iterator[Fault]:
    for number, tier in enumerate(programme.tiers or ()):
        for found in _PERCENT.findall(" ".join(filter(None, (tier and tier.benefits) or ()))):
            if tier.discount_percent is not None and int(re.split(r"\D", found)[0]) != tier.discount_percent:
                text = f"promises {quoted(found)}, and this tier's discount_percent is {tier.discount_percent}."
                yield Fault(("tiers", number, "benefits"), f"{text} Let them say the same.")


def _offer_faults(programme: Programme, path: Path, file: str, text: str) -> Iterator[Fault]:
    seen = _UNSEEN.sub(" ", text)
    for promise in dict.fromkeys(_PERCENT.findall(seen)):
        yield Fault(
            path,
            f"templates/{file} promises {quoted(promise)} in words, which no rule grants. Place the percentage of the "
            "offer or the tier (f.offer_percent, f.discount), or take it out.",
            dutch=f"De tekst belooft {promise}. Een percentage komt uit de aanbieding of het niveau; haal het weg.",
        )
    for code in dict.fromkeys(CODE_IN_WORDS.findall(seen)):
        yield Fault(
            path,
            f"templates/{file} promises the code {quoted(code)} in words, which no rule grants. Give the mail an "
            "offer of [offers] and place f.code, or take it out.",
            dutch=f"De tekst noemt de code {code}. Een code komt uit de aanbieding; haal hem hier weg.",
        )
    touchpoint = (programme.touchpoints or {}).get(str(path[1])) if path[:1] == ("touchpoints",) else None
    if touchpoint and not touchpoint.offer and touchpoint.anchor != "tier_reached" and (found := _OFFER.search(text)):
        yield Fault(
            path,
            f"templates/{file} places {found[0]}, and the touchpoint has no offer. Add offer = (a code of [offers]), "
            "or take it out of the mail.",
            dutch="De tekst van deze mail noemt een aanbieding. Kies er een, of laat beheer de tekst aanpassen.",
        )
