"""Dutch spelling of all that clients and colleagues read, by hunspell (Debian: hunspell hunspell-nl) where it is."""

import html
import re
from pathlib import Path

import pytest

from tasks.base.programme_file import TEMPLATES
from tasks.checking.tools import has_spelling, unknown_words

GOLDEN = Path(__file__).parents[2] / "golden"
PAGES = [path for room in ("page", "desk", "report") for path in sorted((TEMPLATES / room).rglob("*.[hj][ti][mn]*"))]
_CODE = re.compile(r"(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<code.*?</code>|<style.*?</style>|<script.*?</script>")
_TAG = re.compile(r' [a-z-]+="[^"]*"|<[^>]*>')  # also an attribute that a macro writes by itself
OF_TEMPLATES = {"docked", "approver", "-betrouwbaarheidsinterval"}  # a class, a role, and what follows "95%"
_LABEL = re.compile(r'(?:aria-label|title|alt|placeholder|data-l)="([^"{]*)"')

pytestmark = pytest.mark.skipif(not has_spelling(), reason="hunspell with nl_NL is not installed")


def _known() -> set[str]:
    return set(re.findall(r"[\w’'-]+", (TEMPLATES / "layout" / "words.txt").read_text("utf-8")))


def test_mails_are_spelt_right() -> None:
    """Subject, preheader and text of every golden mail, but what strangers wrote in them."""
    kept = [path for path in sorted(GOLDEN.glob("*/*.txt")) if "hostile" not in path.stem and "reply" not in path.stem]
    assert len(kept) > 80
    said = "\n".join(path.read_text("utf-8").partition("\n--\n")[0] for path in kept)
    assert unknown_words(re.sub(r"(?m)^(?:bouwclub|Beste) .*$", "", said), _known()) == []


def test_pages_are_spelt_right() -> None:
    """The words in the templates of the public pages, the desk and the report, and the labels of pictures."""
    assert len(PAGES) > 50
    sources = [_CODE.sub(" ", path.read_text("utf-8")) for path in PAGES]
    said = "\n".join(f"{_TAG.sub(' ', source)}\n{' '.join(_LABEL.findall(source))}" for source in sources)
    assert unknown_words(html.unescape(said), _known() | OF_TEMPLATES) == []
