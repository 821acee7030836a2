"""What happened to a mail, in the words that colleagues read; kinds without words are told to nobody."""

from collections.abc import Mapping

from programme.inbound.events import EventKind

EVENT_WORDS: Mapping[str, str] = {
    EventKind.DELIVERED: "bezorgd",
    EventKind.OPENED: "geopend",
    EventKind.CLICKED: "op een link gekozen",
    EventKind.BOUNCED: "niet bezorgd, het adres bestaat niet",
    EventKind.BLOCKED: "tegengehouden door de ontvanger",
    EventKind.DROPPED: "niet verstuurd door de verzenddienst",
    EventKind.OVER_QUOTA: "niet verstuurd: het tegoed van ons account bij de verzenddienst was op",
    EventKind.WITHHELD: "niet verstuurd: de verzenddienst hield deze mail tegen, niet om het adres",
    EventKind.COMPLAINED: "gemeld als ongewenst",
    EventKind.UNSUBSCRIBED: "afgemeld",
}
# Beside a number there is room for a word.
_COUNTED: Mapping[str, str] = {EventKind.BOUNCED: "onbestelbaar", EventKind.BLOCKED: "tegengehouden"}
# What a person did with the mail, and not what became of it.
_BY_CLIENT: Mapping[str, str] = {
    EventKind.CLICKED: "Op een link in de mail gekozen",
    EventKind.UNSUBSCRIBED: "Afgemeld via de mail",
}


def counted_words(kind: str) -> str:
    """What stands beside a number of mails: "3 onbestelbaar"."""
    return _COUNTED.get(kind, EVENT_WORDS[kind])


def event_sentence(kind: str) -> str | None:
    """ "Mail bezorgd"; None for a kind that is told to nobody."""
    if kind not in EVENT_WORDS:
        return None
    return _BY_CLIENT.get(kind, f"Mail {EVENT_WORDS[kind]}")
