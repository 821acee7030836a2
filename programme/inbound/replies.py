"""What a mail that came in is: a client's own words, an automatic answer, a bounce, or mail of our own.

No machine judges what somebody wrote; a wish to get no more mail is the one thing that is read. Source: care section
7.5; RFC 3834 for automatic answers.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from programme.inbound.incoming import Incoming
from programme.words.plain_text import clean_lines
from programme.words.tokens import UNIT_SEPARATOR, read_reply_token, reply_token

ORIGIN = "reply"  # of an interaction that was a mail, and of an unsubscribe by one
LONGEST_WORDS = 20_000  # characters of what is kept
LONGEST_SUBJECT = 200
STOP_WORDS = frozenset({"afmelden", "stop", "uitschrijven"})
OUR_MARK = "auto-generated"  # in Auto-Submitted of what we send to staff: nobody's machine answers it, and nor do we
_AUTOMATIC_PRECEDENCES = frozenset({"bulk", "auto_reply", "list"})
_MACHINES = ("mailer-daemon", "postmaster")

# Where what is quoted begins: "Op … schreef Jan:", Outlook's block, a line, or a signature.
_QUOTES = re.compile(
    r"(?im)^[ \t]*(?:"
    r">.*"
    r"|(?:op|on|am|le)\b[^\n]{0,300}(?:\n[^\n]{0,300})?\b(?:schreef|wrote|schrieb|écrit)\b"
    r"[^\n]{0,200}(?:\n[^\n]{0,200})?:[ \t]*"
    r"|-{2,}[ \t]*(?:oorspronkelijk|original|doorgestuurd|forwarded)[^\n]{0,60}"
    r"|_{10,}[ \t]*"
    r"|\*?(?:van|from):\*?[ \t][^\n]{0,300}\n[ \t]*\*?(?:verzonden|sent|datum|date|aan|to)\b[^\n]{0,300}"
    r")$"
)
_SIGNATURE = re.compile(
    r"(?im)^[ \t]*(?:--[ \t]*$|(?:met )?(?:vriendelijke|hartelijke) groet|m\.?v\.?g\b|groet(?:en|jes)?\b|"
    r"(?:verstuurd|verzonden) (?:vanaf|vanuit|met|via)\b|sent from\b|(?:ontvang|download|get) outlook\b)"
)


class IncomingKind(StrEnum):
    """What a mail is."""

    CLIENT = "client"
    UNKNOWN = "unknown"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    OWN = "own"


class ReplyAddress(NamedTuple):
    """The address that clients answer to, with a token for each message: `{name}+{token}@{domain}`."""

    name: str
    domain: str

    @classmethod
    def of(cls, address: str) -> "ReplyAddress | None":
        """None without an address: then answers go to the firm's own mailbox."""
        name, at, domain = address.rpartition("@")
        return cls(name, domain) if at else None

    def with_token(self, key: bytes, message_id: str) -> str:
        """The address that answers to this message go to."""
        return f"{self.name}+{reply_token(key, message_id)}@{self.domain}"

    def message_of(self, keys: Collection[bytes], addressed: Iterable[str]) -> str | None:
        """The message id in one of these addresses; None when none has a token of ours."""
        start, end = f"{self.name}+", f"@{self.domain}"
        for address in addressed:
            if address.startswith(start) and address.endswith(end):
                found = read_reply_token(keys, address[len(start) : -len(end)])
                if found:
                    return found
        return None


def machine_standing(mail: Incoming, our_addresses: Collection[str], our_domain: str) -> IncomingKind | None:
    """Why a mail is nobody's words: a bounce, an automatic answer, or our own; None for what a person may have written.

    Args:
        our_addresses: of the firm and its people, as we compare addresses.
        our_domain: that of the reply address, from which nobody writes; "" without one.
    """
    name, _, domain = mail.sender.rpartition("@")
    if mail.report_type in ("delivery-status", "report") or name in _MACHINES:
        return IncomingKind.BOUNCE
    if mail.sender in our_addresses or (our_domain and domain == our_domain):
        return IncomingKind.OWN
    if mail.report_type or mail.return_path == "" or mail.precedence in _AUTOMATIC_PRECEDENCES:
        return IncomingKind.AUTOMATIC
    if mail.auto_submitted.split(";")[0].strip() not in ("", "no"):
        return IncomingKind.AUTOMATIC
    return None


def mail_id_of(mail: Incoming) -> str:
    """32 hex digits, the same for every delivery of one mail: of its Message-ID and envelope, else of all it says."""
    if mail.reference:
        said = [mail.reference, mail.sender, *sorted(mail.addressed)]
    else:
        said = ["", mail.sender, *sorted(mail.addressed), mail.subject, mail.text]
        said += [hashlib.sha256(each.content).hexdigest() for each in mail.attachments]
    return hashlib.sha256(UNIT_SEPARATOR.join(said).encode("utf-8", "replace")).hexdigest()[:32]


def interaction_id_of(mail_id: str) -> str:
    """The id of the interaction that a mail becomes."""
    return f"mail-{mail_id[:24]}"


def own_words(text: str) -> str:
    """What the sender wrote above what is quoted from earlier mails; all of it when nothing stands there."""
    text = text[:LONGEST_WORDS]  # the search may look at a line hundreds of times
    quoted = _QUOTES.search(text)
    own = text[: quoted.start()].strip() if quoted else text.strip()
    return own or text.strip()


def is_unsubscribe(mail: Incoming) -> bool:
    """Whether the mail says only that its sender wants no more mail; a signature says nothing."""
    said = own_words(mail.text)
    if said.lstrip().startswith(">"):
        said = ""
    signed = _SIGNATURE.search(said)
    only = said[: signed.start()] if signed else said
    if not only.strip() and not mail.attachments:
        only = re.sub(r"(?i)^(?:\s*(?:re|antw?|aw|fw|fwd)\s*:)*", "", mail.subject)
    return re.sub(r"[^\w]+", " ", only).strip().casefold() in STOP_WORDS


def words_of(mail: Incoming) -> str:
    """The text of a mail as it is kept: harmless characters, and no more than anybody reads."""
    return clean_lines(mail.text.replace("\t", " "), LONGEST_WORDS)


def subject_of(mail: Incoming) -> str:
    """Its subject as it is kept: one line."""
    return " ".join(clean_lines(mail.subject.replace("\t", " "), LONGEST_SUBJECT).split())
