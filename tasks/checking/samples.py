"""Made-up clients who would get a mail: each kind of reader, each type of project, and the edges of what is known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import NamedTuple

from programme.campaigns.texts import CampaignTexts, copy_of
from programme.facts.records import Client, Project, Quote, Recipient
from programme.rules.due import Occasion, latest_occasion
from programme.terms.kinds import MailKind
from programme.terms.project_types import ProjectTypes
from programme.terms.schema import Programme
from programme.words.states import HandFlow
from tasks.mail.render import Mail, Renderer

KEY = b"a key for mails that nobody gets"
CODE = "7Q2KD9XA"
ADDRESS = "jan@voorbeeld.nl"


class CheckedSample(NamedTuple):
    """A mail to a made-up client; `who` says in Dutch to whom."""

    who: str
    mail: Mail


class _Reader(NamedTuple):
    who: str
    kind: str = "consument"
    projects: int = 1
    addresses: Sequence[str] = ("Kerkweg 1",)
    built_year: int | None = 1960
    consent: str = "yes"
    engineer: str | None = "Anke Wiersma"
    monument: bool = False
    value_cents: int = 90_000


READERS = (
    _Reader("starter", built_year=2200),  # whatever the day, younger than five years
    _Reader("verbouwer", projects=2),
    _Reader("één project, monument", monument=True),
    _Reader("groot project, bijzondere naam", value_cents=640_000),
    _Reader("drie projecten", projects=3),
    _Reader("investeerder", projects=2, addresses=("Kerkweg 1", "Dam 2")),
    _Reader("aannemer", kind="aannemer"),
    _Reader("architect", kind="architect", projects=2),
    _Reader("weinig bekend, geen reclame", consent="no", engineer=None, addresses=("",), built_year=None),
)
NAMES = {"groot project, bijzondere naam": "Bouwbedrijf ’t Hoff & Zn. B.V."}


def sample_mails(renderer: Renderer, kind: MailKind, as_of: date) -> Iterator[CheckedSample]:
    """The mail of this kind to each made-up client who would get one."""
    said = _saying(renderer.programme, kind, as_of)
    for reader in READERS:
        for project_type in renderer.programme.types:
            client = _client(renderer.programme.types, reader, project_type, as_of)
            recipient = Recipient(client.recipient, (client,))
            occasion = _occasion(renderer.programme, kind, client, recipient, as_of)
            if occasion is None:
                continue
            mail = renderer.compose(said, occasion, client, recipient, as_of, KEY)
            yield CheckedSample(f"{reader.who}, {project_type}", mail)


def _saying(programme: Programme, kind: MailKind, as_of: date) -> MailKind:
    """The kind with made-up values: a room's sample, or texts for a campaign that has none of its own yet."""
    if kind.flow == HandFlow.CAMPAIGN:
        if "copy" in kind.values:
            return kind
        later = as_of + timedelta(days=kind.grace_days + 14)
        link = programme.brand.site_url
        texts = CampaignTexts(
            "Een voorbeeld", "Een voorbeeld", "Hier staat de inleiding.", "Hier staat de tekst.", "Lees meer", link,
            later, time(19, 30), "Kerkweg 1", later,
        )  # fmt: skip
        return replace(kind, values={"copy": copy_of(programme, "voorbeeld", texts)})
    return kind.saying(kind.sample) if kind.fields or kind.choices else kind


def _occasion(
    programme: Programme, kind: MailKind, client: Client, recipient: Recipient, as_of: date
) -> Occasion | None:
    if kind.anchor:
        return latest_occasion(programme, kind.id, client, recipient, as_of)
    return Occasion("voorbeeld", as_of, as_of, as_of, None, None)


def _client(types: ProjectTypes, reader: _Reader, project_type: str, as_of: date) -> Client:
    another = [*types][-3:][0]  # what a second and a third project are of
    projects = tuple(
        Project(
            f"P{number}", "C1", project_type if number == 1 else another, reader.value_cents,
            as_of - timedelta(days=460), as_of - timedelta(days=400 + (number if number > 2 else 0)), None,
            reader.engineer, reader.addresses[(number - 1) % len(reader.addresses)] or None, "8921 AB",
            reader.built_year, reader.monument,
        )
        for number in range(1, reader.projects + 1)
    )  # fmt: skip
    quote = Quote("Q1", "C1", project_type, 120_000, as_of - timedelta(days=20), as_of - timedelta(days=3), "rejected")
    name = NAMES.get(reader.who, "Jan de Vries")
    return Client(
        "C1", ADDRESS, name, reader.kind, reader.consent, "email", 1, projects=projects, quotes=(quote,), code=CODE,
        last_activity_on=as_of - timedelta(days=400),
    )  # fmt: skip
