"""The same mail by other ways: django-anymail with merge data, and the sendgrid package with one request each.

python -m benchmarks.delivery_peers anymail|single HOST COUNT prints JSON. Neither chooses, claims or logs anything.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import escape

from benchmarks.delivery import API_KEY, BASE_URL, TOUCHPOINT, VARIANT
from benchmarks.process import Stopwatch, tell
from models.settings import ROOT
from sample.bulk import NAMES
from tasks.base.programme_file import load_programme
from tasks.mail.render import CompiledMail, Renderer

BATCH = 1000
SENDER = "bouwclub@bureaubroersma.example"


def main(peer: str, host: str, count: int) -> None:
    compiled = Renderer(load_programme(ROOT / "programme.toml"), BASE_URL).compiled(TOUCHPOINT, VARIANT)
    watch = Stopwatch()
    {"anymail": _anymail, "single": _single}[peer](watch, compiled, host, count)
    tell(watch, {"sent": count})


def _recipients(count: int) -> Iterator[tuple[str, dict[str, str]]]:
    for number in range(count):
        yield (
            f"klant{number}@voorbeeld.example",
            {
                "delivered_on": "27 augustus 2025",
                "engineer": "ir. S. Wiersma",
                "greeting": f"Beste {NAMES[number % len(NAMES)]}",
                "preferences_url": f"{BASE_URL}/voorkeuren/{number:038d}",
                "project_for": "de dakkapel",
                "reference": f"P{number}",
                "unsubscribe_url": f"{BASE_URL}/u/{number:038d}",
            },
        )


def _anymail(watch: Stopwatch, compiled: CompiledMail, host: str, count: int) -> None:
    from django.conf import settings

    settings.configure(
        ANYMAIL={
            "SENDGRID_API_KEY": API_KEY,
            "SENDGRID_API_URL": f"{host}/v3/",
            "SENDGRID_MERGE_FIELD_FORMAT": "[[{}]]",
            "SENDGRID_GENERATE_MESSAGE_ID": True,
        },
        EMAIL_BACKEND="anymail.backends.sendgrid.EmailBackend",
    )
    import django

    django.setup()
    from django.core.mail import EmailMultiAlternatives, get_connection

    everyone = [(address, _merge_data(compiled, fields)) for address, fields in _recipients(count)]
    connection = get_connection()
    with watch.lap("send"):
        for start in range(0, count, BATCH):
            part = dict(everyone[start : start + BATCH])
            mail: Any = EmailMultiAlternatives(
                compiled.subject.whole, compiled.text.whole, SENDER, list(part), connection=connection
            )
            mail.attach_alternative(compiled.html.whole, "text/html")
            mail.merge_data = part
            mail.send()


def _merge_data(compiled: CompiledMail, fields: Mapping[str, str]) -> dict[str, str]:
    """Each tag of the mail with its value; anymail puts the brackets around by its own format."""
    plain = {name: fields[name] for name in compiled.subject.distinct + compiled.text.distinct}
    return plain | {f"{name}.h": str(escape(fields[name])) for name in compiled.html.distinct}


def _single(watch: Stopwatch, compiled: CompiledMail, host: str, count: int) -> None:
    from sendgrid import SendGridAPIClient
    from sendgrid.helpers.mail import Mail

    client = SendGridAPIClient(API_KEY, host=host)
    with watch.lap("send"):
        for address, fields in _recipients(count):
            subject, text, html = compiled.fill(fields)
            client.send(Mail(SENDER, address, subject, text, html))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
