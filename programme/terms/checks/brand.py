"""Whether the firm's own data can be used in a mail: addresses, links, numbers, and colours with enough contrast."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from programme.terms.colour_terms import Colours, DarkColours
from programme.terms.faults import Fault, quoted
from programme.terms.schema import Brand, Programme
from programme.words.addresses import recipient_of
from programme.words.colours import DARK_METALS, DARK_MUTED, LEAST_CONTRAST, WHITE, contrast

TEXTS = ("name", "club_name", "team_name", "street", "town", "sender_name")
LINKS = ("site_url", "privacy_url", "review_url", "contact_url", "appointment_url", "logo_url")
OPTIONAL_LINKS = ("contact_url", "appointment_url", "logo_url")
ADDRESSES = ("sender_address", "reply_address")
PLACES_WITHOUT_COMMA = ("team_name", "sender_name")  # SendGrid takes no `,` or `;` in a name

DARK_GROUNDS = ("background", "card", "box")
# On each of the grounds; the words of a button are `background` on `primary`.
DARK_WORDS = ("primary", "accent", "text")

# Dutch registers: https://www.kvk.nl (8 digits), https://www.belastingdienst.nl (btw-id), PTT postcode of 1977.
FORMATS = {
    "kvk_number": (re.compile(r"[0-9]{8}"), "a KvK number: eight digits"),
    "vat_number": (re.compile(r"NL[0-9]{9}B[0-9]{2}"), "a VAT number (btw-id): NL, nine digits, B, two digits"),
    "postcode": (re.compile(r"[1-9][0-9]{3} ?[A-Z]{2}"), "a postcode: '8921 AB'"),
    "phone": (re.compile(r"\+?[0-9][0-9 ()-]{7,18}[0-9]"), "a phone number: '058 123 45 67' or '+31 58 123 45 67'"),
}


def brand_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [brand], in no fixed order of keys; none when the table itself could not be read."""
    brand = programme.brand
    if not brand:
        return
    for key in TEXTS:
        value = getattr(brand, key)
        if value is not None and not value.strip():
            yield Fault(("brand", key), "is empty; every mail shows it. Fill it in.")
    for key, (pattern, allowed) in FORMATS.items():
        value = getattr(brand, key)
        if value is not None and not pattern.fullmatch(value):
            yield Fault(("brand", key), f"{quoted(value)} is not {allowed}.")
    yield from _name_faults(brand)
    yield from _link_faults(brand)
    yield from _address_faults(brand)
    if brand.colours:
        yield from _colour_faults(brand.colours)


def _name_faults(brand: Brand) -> Iterator[Fault]:
    for key in PLACES_WITHOUT_COMMA:
        value = getattr(brand, key)
        if value and ("," in value or ";" in value):
            yield Fault(
                ("brand", key), f"{quoted(value)} holds a comma or semicolon, which a sender's name cannot have."
            )


def _link_faults(brand: Brand) -> Iterator[Fault]:
    paths: dict[tuple[str, ...], str | None] = {("brand", key): getattr(brand, key) for key in LINKS}
    paths |= {("brand", "services_url", str(kind)): url for kind, url in (brand.services_url or {}).items()}
    for path, value in paths.items():
        if value is None or (value == "" and path[-1] in OPTIONAL_LINKS):
            continue
        if not _is_link(value):
            yield Fault(path, f"{quoted(value)} is not a link; write a whole address: 'https://www.example.nl/page'.")


def _is_link(value: str) -> bool:
    if any(character.isspace() or character in "\"'<>" for character in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme == "https" and "." in (parts.hostname or "") and parts.username is None
    except ValueError:
        return False


def _address_faults(brand: Brand) -> Iterator[Fault]:
    for key in ADDRESSES:
        value = getattr(brand, key)
        if value is not None and recipient_of(value) != value.lower():
            text = f"{quoted(value)} is not an e-mail address; write the bare address: 'info@bureau.nl'."
            yield Fault(("brand", key), text)


def _colour_faults(colours: Colours) -> Iterator[Fault]:
    pairs = (("primary", WHITE, "white, the text on buttons"), ("text", colours.background, "background"))
    for key, other, words in pairs:
        value = getattr(colours, key)
        if None in (value, other) or (ratio := contrast(value, other)) >= LEAST_CONTRAST:
            continue
        text = (
            f"{value} on {words} has contrast {ratio:.1f}, less than {LEAST_CONTRAST}: hard to read. Take a darker one."
        )
        yield Fault(("brand", "colours", key), text)
    if colours.dark:
        yield from _dark_faults(colours.dark)


def _dark_faults(dark: DarkColours) -> Iterator[Fault]:
    """One fault a colour at most: a ground on which our own words are faint is not also that of the firm's words."""
    grounds = {key: getattr(dark, key) for key in DARK_GROUNDS if getattr(dark, key) is not None}
    for key, ground in tuple(grounds.items()):
        faintest = min((DARK_MUTED, *DARK_METALS), key=lambda colour: contrast(colour, ground))
        if (ratio := contrast(faintest, ground)) < LEAST_CONTRAST:
            del grounds[key]
            yield _faint_at_night(key, ground, f"{faintest}, a colour of our words there,", ratio, "darker")
    for key in DARK_WORDS:
        value = getattr(dark, key)
        if value is None or not grounds:
            continue
        ratio, ground = min((contrast(value, colour), name) for name, colour in grounds.items())
        if ratio < LEAST_CONTRAST:
            yield _faint_at_night(key, value, f"{ground} ({grounds[ground]})", ratio, "lighter")


def _faint_at_night(key: str, value: str, other: str, ratio: float, take: str) -> Fault:
    text = (
        f"{value} with {other} has contrast {ratio:.1f}, less than {LEAST_CONTRAST}: hard to read. Take a {take} one."
    )
    return Fault(("brand", "colours", "dark", key), text)
