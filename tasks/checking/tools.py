"""What other programs say of a mail, where they are installed: hunspell its spelling, SpamAssassin its score."""

import re
import shutil
import subprocess
from collections.abc import Collection

WORDS_DICTIONARY = "nl_NL"
SECONDS = 60  # SpamAssassin takes a few; one that hangs must not hold up the check
_SCORE = re.compile(r"score=(-?\d+(?:\.\d+)?)")
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


def spam_score(eml: bytes) -> float | None:
    """SpamAssassin's score of a whole message, by its local rules alone; None when it gave none."""
    try:
        told = subprocess.run(
            ["spamassassin", "--local", "--test-mode"], input=eml, capture_output=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _SCORE.search(told.stdout.decode("utf-8", "replace"))
    return float(found[1]) if found else None
