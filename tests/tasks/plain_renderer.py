"""A renderer of one short mail with the same face as the real one, for tests that are about delivery."""

from html import escape
from typing import NamedTuple

SUBJECT = "Dag [x-name]"
TEXT = "Beste [x-name],\n\nuw project [x-project].\n\n[x-unsubscribe_url]\n"
HTML = '<p>Beste [h-name],</p><p>uw project [h-project].</p><a href="[h-unsubscribe_url]">afmelden</a>'
FIELDS = ("name", "project", "unsubscribe_url")


class Filled(NamedTuple):
    subject: str
    text: str
    html: str


class PlainCompiled:
    """Tags of its own for plain text (x-) and for HTML (h-), as one value is escaped and the other is not."""

    subject, text, html = SUBJECT, TEXT, HTML

    def substitutions(self, fields: dict[str, str]) -> dict[str, str]:
        values = {f"[x-{name}]": fields[name] for name in FIELDS}
        return values | {f"[h-{name}]": escape(fields[name]) for name in FIELDS}

    def fill(self, fields: dict[str, str]) -> Filled:
        made = []
        for text in (SUBJECT, TEXT, HTML):
            for tag, value in self.substitutions(fields).items():
                text = text.replace(tag, value)
            made.append(text)
        return Filled(*made)


class PlainRenderer:
    def compiled(self, touchpoint: str, variant: str) -> PlainCompiled:
        return PlainCompiled()
