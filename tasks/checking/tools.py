"""What other programs say of a mail, where they are installed: hunspell its spelling, SpamAssassin its score."""

import re
import shutil
import subprocess
from collections.abc import Collection
from typing import NamedTuple

WORDS_DICTIONARY = "nl_NL"
SECONDS = 60  # SpamAssassin takes a few; one that hangs must not hold up the check
_SCORE = re.compile(r"score=(-?\d+(?:\.\d+)?)")
_RULE = re.compile(r"^ *(-?\d+\.\d) ([A-Z][A-Z0-9_]+) ", re.MULTILINE)
_WORD = re.compile(r"[a-zà-ÿ’'-]{4,}")  # a word with a capital is a name


def has_spelling() -> bool:
    """Whether hunspell and its Dutch dictionary are there."""
    if not shutil.which("hunspell"):
        return False
    told = subprocess.run(["hunspell", "-d", WORDS_DICTIONARY, "-l"], input="", capture_output=True, text=True)
    return told.returncode == 0 and "Can't open" not in told.stderr


def unknown_words(text: str, known: Collection[str]) -> list[str]:
    """The words of the text that the dictionary does not have, each once, without names, links and `known`."""
    plain = re.sub(r"https?://\S+", " ", text).replace("’", "'")
    told = subprocess.run(
        ["hunspell", "-d", WORDS_DICTIONARY, "-i", "utf-8", "-l"], input=plain, capture_output=True, text=True
    )
    words = dict.fromkeys(told.stdout.split())
    return [word for word in words if _WORD.fullmatch(word) and word not in known]


def has_spam_score() -> bool:
    """Whether SpamAssassin is there."""
    return shutil.which("spamassassin") is not None


class SpamScore(NamedTuple):
    """SpamAssassin's points for a message, and the names of the rules that gave some, the most first."""

    points: float
    rules: tuple[str, ...]


def spam_score(eml: bytes) -> SpamScore | None:
    """SpamAssassin's score of a whole message, by its local rules alone; None when it gave none."""
    try:
        told = subprocess.run(
            ["spamassassin", "--local", "--test-mode"], input=eml, capture_output=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = told.stdout.decode("utf-8", "replace")
    found = _SCORE.search(text)
    given = sorted(((float(points), name) for points, name in _RULE.findall(text)), reverse=True)
    return SpamScore(float(found[1]), tuple(name for points, name in given if points > 0)) if found else None
