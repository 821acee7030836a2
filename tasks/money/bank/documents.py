"""One XML document of a stranger: its outermost name first, then the whole, never a DTD, an entity or the network."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from lxml import etree

from programme.words.plain_text import clean
from tasks.money.bank.refusal import StatementRefused

SHOWN_TEXT = 60  # characters of a value in a message
_PIECE = 64 * 2**10  # bytes that are looked at in one go for the outermost element


class _Started(Exception):
    """The outermost element has begun: its name is known."""


class Node(NamedTuple):
    """An element of the document's own name space, asked by the names of what is in it: "Acct/Id/IBAN"."""

    element: etree._Element
    prefix: str

    def nodes(self, path: str) -> Iterator["Node"]:
        """All elements at that path, in their order."""
        return (Node(element, self.prefix) for element in self.element.iterfind(_qualified(self.prefix, path)))

    def node(self, path: str) -> "Node | None":
        """The first element at that path, None when there is none."""
        found = self.element.find(_qualified(self.prefix, path))
        return None if found is None else Node(found, self.prefix)

    def text(self, path: str) -> str:
        """Its text without space around it, "" when it is not there."""
        return (self.element.findtext(_qualified(self.prefix, path)) or "").strip()

    def own_text(self) -> str:
        """The text of the element itself, without space around it."""
        return (self.element.text or "").strip()


@lru_cache(maxsize=256)  # a few paths, asked of every entry
def _qualified(prefix: str, path: str) -> str:
    return "/".join(prefix + name for name in path.split("/"))


class Document(NamedTuple):
    """A document that was read to its end, and what to call it in messages."""

    where: str
    name_space: str
    root: Node


def open_document(data: bytes, where: str, ensure_known: Callable[[str, str], None]) -> Document:
    """The whole document. `ensure_known` gets "name-space tag" of the outermost element, and may refuse it.

    Raises:
        StatementRefused: it has a DTD, is not XML from its first byte to its last, or `ensure_known` refused it.
    """
    name = _outermost(data, where)
    ensure_known(name, where)
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _not_xml(where, str(error)) from None
    name_space = name.rpartition(" ")[0]
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{name_space}}}Document":
        raise _has_dtd(where)  # the two parsers read it differently, which no honest file makes them do
    return Document(where, name_space, Node(root, f"{{{name_space}}}"))


def _parser() -> etree.XMLParser:
    """Leaves entities alone, fetches nothing, and drops comments, which would cut a value in two."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _outermost(data: bytes, where: str) -> str:
    """The outermost element's "name-space tag"; nothing behind it is read, so that a DTD costs nothing."""
    found: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        found.append(tag)
        raise _Started

    def doctype(*_: object) -> None:
        raise _has_dtd(where)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        for begin in range(0, len(data), _PIECE):
            parser.Parse(data[begin : begin + _PIECE], False)
        parser.Parse(b"", True)
    except _Started:
        return found[0]
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _not_xml(where, str(error)) from None
    raise _not_xml(where, "no element found")


def _has_dtd(where: str) -> StatementRefused:
    return StatementRefused(where, "it has a document type (DTD)", "Allowed is XML without one, as banks write it")


def _not_xml(where: str, fault: str) -> StatementRefused:
    return StatementRefused(where, f"it is not whole XML ({clean(fault, SHOWN_TEXT)})", "Ask the bank for it anew")


def shown(text: str) -> str:
    """A value of the document as a message can carry it."""
    return f"'{clean(text, SHOWN_TEXT)}'"
