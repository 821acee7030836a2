"""What a mail costs for each recipient: filling in a compiled variant, against making it from the template each time.

python -m benchmarks.rendering [RECIPIENTS]
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from programme.facts.records import Client, Project, Recipient
from programme.mail.variables import MailContext
from programme.rules.due import Occasion, latest_occasion
from programme.terms.schema import Programme
from tasks.base.programme_file import load_programme
from tasks.mail.eml import build_eml
from tasks.mail.render import CompiledMail, Renderer
from tasks.mail.templating.templates import Templates
from tasks.providers.sendgrid.personalizing import personalize, read_people
from tasks.sending.messenger import Letter

KEY = b"the key of the benchmarks"
DAY = date(2026, 3, 3)
TOUCHPOINT = "anniversary"
NAIVE_SHARE = 100  # one recipient in so many is enough to time the slow way


def run(say: Callable[[str], None], scale: int) -> None:
    """Time each way over `scale` recipients of one mail, in one process."""
    from models.settings import ROOT

    programme = load_programme(ROOT / "programme.toml")
    renderer = Renderer(programme, "https://mail.bureaubroersma.example")
    clients = [_client(number) for number in range(min(scale, 1_000))]
    occasions = [_occasion(programme, client) for client in clients]
    contexts = [_context(renderer, *pair) for pair in zip(occasions, clients, strict=True)]
    variant = contexts[0].variant
    compiled, templates = renderer.compiled(TOUCHPOINT, variant), Templates(programme)
    fields = [context.fields for context in contexts]

    naive = _each(max(scale // NAIVE_SHARE, 10), lambda _: templates.compile(renderer.kinds[TOUCHPOINT], variant))
    filled = _each(scale, lambda number: compiled.fill(fields[number % len(fields)]))
    letters = [_letter(number, one) for number, one in enumerate(fields)]
    values = _each(max(scale // len(fields), 1), lambda _: _personalized(compiled, letters)) / len(letters)
    said = _each(len(clients), lambda number: _context(renderer, occasions[number], clients[number]))
    mail = renderer.compose(renderer.kinds[TOUCHPOINT], occasions[0], clients[0], _alone(clients[0]), DAY, KEY)
    written = _each(scale // 10, lambda _: build_eml(mail))
    size = len(_personalized(compiled, letters)[0])

    say(f"template and MJML for each recipient: {naive:,.0f} us")
    say(f"filling in a compiled variant:        {filled:.1f} us, {naive / filled:,.0f} times faster")
    say(f"values for the provider to fill in:   {values:.1f} us, {size} bytes a recipient")
    say(f"variant and fields of a client:       {said:.1f} us")
    say(f"the mail as a file (.eml):            {written:.0f} us, {len(build_eml(mail)):,} bytes")
    say(f"HTML: {len(mail.html.encode()):,} bytes, text: {len(mail.text.encode()):,} bytes")


def _each(times: int, action: Callable[[int], object]) -> float:
    """Microseconds for one, the best of three rounds."""
    rounds = []
    for _ in range(3):
        start = time.perf_counter()
        for number in range(times):
            action(number)
        rounds.append((time.perf_counter() - start) / times * 1e6)
    return min(rounds)


def _letter(number: int, fields: Mapping[str, str]) -> Letter:
    address = f"klant.{number}@example.nl"
    kept = json.dumps(fields)
    return Letter(number, f"m{number}", f"C{number}", address, TOUCHPOINT, "marketing", None, None, kept, 0)


def _personalized(compiled: CompiledMail, letters: Sequence[Letter]) -> list[bytes]:
    """What goes over the wire for each recipient, as a run makes it."""
    people = read_people(compiled, letters, lambda letters, fields: [each["unsubscribe_url"] for each in fields])
    return personalize(compiled, people, lambda name: None).people


def _client(number: int) -> Client:
    delivered_on = date(2025, 3, 3)
    project = Project(
        f"P{number}", f"C{number}", "dakkapel", 150_000, delivered_on, delivered_on, None,
        "ir. S. Wiersma", f"Kerkweg {number}", "8921 AB", 1960, False,
    )  # fmt: skip
    return Client(
        f"C{number}", f"klant.{number}@example.nl", f"Sjoukje <b>de</b> Vries {number}", "consument", "yes", "email",
        number, projects=(project,), code="7Q2KD9XA",
    )  # fmt: skip


def _alone(client: Client) -> Recipient:
    return Recipient(client.recipient, (client,))


def _occasion(programme: Programme, client: Client) -> Occasion:
    found = latest_occasion(programme, TOUCHPOINT, client, _alone(client), DAY)
    if found is None:
        raise AssertionError(f"{client.client_id} has no occasion for {TOUCHPOINT}")
    return found


def _context(renderer: Renderer, occasion: Occasion, client: Client) -> MailContext:
    return renderer.context(renderer.kinds[TOUCHPOINT], occasion, client, _alone(client), DAY, KEY)[1]


if __name__ == "__main__":
    run(print, int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
