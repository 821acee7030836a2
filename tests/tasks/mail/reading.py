"""What a reader sees of a mail, for tests that compare its parts."""

import html as html_module
import re

# In the text alone: the mark leads to the site, and the scores stand in a row of the HTML.
OF_THE_TEXT = ("Website:", "Cijfer ", "0 is ")


def words_of_html(html: str) -> str:
    """The visible text on one line."""
    body = re.sub(r"(?s)<!--.*?-->|<head>.*?</head>", " ", html)
    return " ".join(html_module.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def bare(text: str) -> str:
    """The words alone, without marks between them."""
    return " ".join(re.findall(r"[\w%€]+", text.lower()))


def lines_missing_in_html(text: str, html: str) -> list[str]:
    """The lines of the plain text whose words the HTML does not have in this order."""
    seen = bare(words_of_html(html))
    lines = [line for line in text.splitlines() if not line.startswith(OF_THE_TEXT)]
    return [line for line in lines if bare(re.sub(r"https?://\S+", "", line)) not in seen]
