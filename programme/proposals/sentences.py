"""The words of a mail's template that a marketer can say otherwise, without seeing how the template chooses them.

A template is split into tags and words. A paragraph of words, with the values that stand between them, is a sentence;
values show as [names], which stay. All else of the template stays as it is, letter for letter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BLOCKS = {"subject": "Onderwerp", "preheader": "Voorvertoning", "heading": "Kop", "body": "Tekst"}
OF_TEXTS = ("subject", "preheader", "heading")  # a line each
NAMES = {
    "f.offer_percent": "korting",
    "f.valid_until": "geldig tot en met",
    "f.code": "code",
    "f.discount": "ledenkorting",
    "f.greeting": "aanhef",
    "brand.name": "bureau",
    "brand.club_name": "club",
    "brand.phone": "telefoon",
    "trade.engineer": "wie het werk doet",
    "trade.plans": "plannen",
}
CASES = {
    "consument": "consumenten",
    "aannemer": "aannemers",
    "architect": "architecten",
    "investeerder": "investeerders",
    "verbouwer": "verbouwers",
    "starter": "starters",
    "professional": "professionals",
    "overig": "de anderen",
}
LONGEST = 2000  # characters of a sentence
BAD_SIGNS = "Gebruik hier geen { } < > of #."
BAD_LINES = "Schrijf dit op één regel, zonder andere tekens dan letters, cijfers en leestekens."
EMPTY = "Deze tekst kan niet leeg zijn."

_PIECE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_TAG = re.compile(r"\{%[-+]?\s*(\w+)\s*(.*?)\s*[-+]?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{[-+]?\s*(.*?)\s*[-+]?\}\}", re.DOTALL)
_PARAGRAPH = re.compile(r"(\s*\n\s*\n\s*)")
_IS_FOR = re.compile(r"v\.is_for\(([^()]*)\)")
_LETTER = re.compile(r"[^\W\d_]")
_PLACE = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class Sentence:
    """One paragraph of words.

    Attributes:
        number: of its kind in the template, from 0; its field is `t<number>`.
        start, end: where it stands in the template.
        block: one of BLOCKS.
        case: for whom, or when, it is said; "" for always.
        text: with [names] in the place of values.
        values: what each [name] stands for in the template.
    """

    number: int
    start: int
    end: int
    block: str
    case: str
    text: str
    values: Mapping[str, str]

    @property
    def field(self) -> str:
        """The name of its field."""
        return f"t{self.number}"

    def source_of(self, text: str) -> str:
        """A text without a fault as the template writes it."""
        return _PLACE.sub(lambda name: self.values[name[0]], text.strip())

    def fault(self, text: str) -> str:
        """Why it cannot be said so, as a Dutch sentence; "" when it can."""
        if not text.strip():
            return EMPTY
        places = _PLACE.findall(text)
        if sorted(places) != sorted(self.values) or len(_PLACE.sub("", text)) > LONGEST:
            kept = ", ".join(self.values) or "de tekst zonder haken [ ]"
            return f"Laat {kept} precies één keer staan."
        words = _PLACE.sub("", text)
        if any(sign in words for sign in "{}<>#[]"):
            return BAD_SIGNS
        is_line = self.block in OF_TEXTS
        return (
            BAD_LINES if any(ord(each) < 32 and (is_line or each != "\n") or ord(each) == 127 for each in words) else ""
        )


def sentences_of(template: str) -> list[Sentence]:
    """The sentences of a template, in its order."""
    found: list[Sentence] = []
    for block, case, start, run in _runs(template):
        place = start
        for part in _PARAGRAPH.split(run):
            text = part.strip()
            if _LETTER.search(_VALUE.sub("", text)) and "<" not in text and "[" not in text and "#" not in text:
                at = place + part.index(text[0])
                shown, values = _shown(text)
                found.append(Sentence(len(found), at, at + len(text), block, case, shown, values))
            place += len(part)
    return found


def said_otherwise(template: str, texts: Mapping[str, str]) -> str:
    """The template with sentences said otherwise, by their fields; each must be without a fault."""
    result, at = [], 0
    for sentence in sentences_of(template):
        new = texts.get(sentence.field, sentence.text)
        if new.strip() == sentence.text:
            continue
        result += [template[at : sentence.start], sentence.source_of(new)]
        at = sentence.end
    return "".join([*result, template[at:]])


def _runs(template: str) -> Iterator[tuple[str, str, int, str]]:
    """(block, case, start, source) of each stretch of words and values between two tags."""
    block, at, start, run = "", 0, 0, ""
    names: list[str] = []
    cases: list[str] = []
    for piece in _PIECE.split(template):
        tag = _TAG.fullmatch(piece)
        if tag or piece.startswith("{#"):
            if block and run:
                yield block, ", ".join(dict.fromkeys(cases)), start, run
            run = ""
            if tag:
                block = _follow(tag[1], tag[2], block, names, cases)
        else:
            start = start if run else at
            run += piece
        at += len(piece)


def _follow(tag: str, rest: str, block: str, names: list[str], cases: list[str]) -> str:
    """The block that holds after a tag; `cases` are of the conditions around."""
    if tag == "block":
        names.append(rest.split()[0] if rest else "")
        block = names[-1] if names[-1] in BLOCKS else ""
    elif tag == "endblock":
        names.pop()
        block = names[-1] if names and names[-1] in BLOCKS else ""
    elif tag == "if":
        cases.append(_case(rest))
    elif tag == "elif":
        cases[-1] = _case(rest)
    elif tag == "else" and cases:
        cases[-1] = "in de andere gevallen"
    elif tag == "endif":
        cases.pop()
    return block


def _case(condition: str) -> str:
    if found := _IS_FOR.fullmatch(condition.strip()):
        kinds = [each.strip(" \"'") for each in found[1].split(",")]
        return f"voor {' en '.join(CASES.get(kind, kind) for kind in kinds)}"
    return "in een bepaald geval"


def _shown(text: str) -> tuple[str, dict[str, str]]:
    values: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        base = NAMES.get(found[1], "invulling")
        name = next(each for each in (f"[{base}]", *(f"[{base} {n}]" for n in range(2, 99))) if each not in values)
        values[name] = found[0]
        return name

    return _VALUE.sub(named, text), values
