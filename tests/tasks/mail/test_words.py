"""What mails say to whom: every mail for every kind of reader, project type and tier, against words it may not have.

Only the words are made, not the HTML: both parts come of one template, so what is true of the one is true of both.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from programme.campaigns.texts import CampaignTexts, copy_of
from programme.mail.variables import BUILDERS, NEUTRAL, NOT_AT_HOME, _project_fields
from programme.terms.kinds import Choice, MailKind
from programme.terms.project_types import SHIPPED_TYPES
from programme.words.states import Purpose
from tasks.mail.render import TaggedText
from tasks.mail.templating.templates import Templates
from tests import factories
from tests.tasks.mail.cases import IBAN

GOLDEN = Path(__file__).parents[2] / "golden"
PROGRAMME = factories.shipped_programme()
TEMPLATES = Templates(PROGRAMME)
READERS = ("starter", "verbouwer", "overig", "investeerder", "aannemer", "architect")
TIERS = ("", *(tier.id for tier in PROGRAMME.tiers))
KINDS = [kind for kind in PROGRAMME.kinds.values() if kind.id in {*PROGRAMME.touchpoints, *PROGRAMME.campaigns}]

NEVER = (
    r"geniet\w*", "volop", r"unieke?", r"exclusie\w*", r"perfecte?", r"zorgelo\w+", "droomhuis", r"kans(?:en)?",
    "mis het niet", r"profiteer\w*", "actie", "slechts", "vrijblijvend", r"ontzorg\w*", "one-stop", "engineer",
    "check-in", "feedback", "referral", "tier", "level", "upgrade", "VIP", "klik", "u dient", "middels", "teneinde",
    "gaarne", "reeds", "omtrent", "hierbij", "natuurlijk", "uiteraard", "eventjes", "jaar verder", "na de draagmuur",
    "draagmuur bouwen", r"bouw van (?:uw|de) (?:fundering|draagmuur|doorbraak|renovatie)", "we", "heeft u", "kan u",
    "knop", "hieronder", r"\w+-lid", "statische", "bouwvergunning", "review", "paste", "Wkb", "vaste klant,",
    "calculatie", "rapport", "traject", r"dro(?:om|men)", "object", "vastgoed", "masterclass", "vergunningsvrij",
    "gemeentes", "bevoegd gezag", "recensie", "bonus", "cashback", "premie", "oplossing", "mogelijkheid", "stap",
    "respons", "status", "hij", "hem", "zijn aannemer", "Hoogachtend", "Hartelijke groet", "relatie", "Geachte",
    r"\d+ dagen geleden", "even overleggen", "speelt u met", "mee wat kan", "Wij doen", "ruimte gewonnen",
    "de woning op", "Re", "laatste kans", "erelid",
)  # fmt: skip
NOT_HOME = ("uw woning", "uw huis", "gezin", r"uw (?:dakkapel|uitbouw|doorbraak|fundering|renovatie|draagmuur)",
            "het huis", "hele huis", "wonen waar", "eettafel")  # fmt: skip
# The one phrase about what a reader plans, which is his own also where the building is not.
PLANNED = re.compile(r"Bespreek uw (?:uitbouw|doorbraak)")
BY_READER: Mapping[str, tuple[str, ...]] = {
    "investeerder": NOT_HOME,
    "aannemer": (
        *NOT_HOME,
        "Ik had geen vergunning",
        "uw vergunning",
        "uw aannemer",
        "Kent u iemand",
        "kent uw",
        "VvE",
        "aanbeveling(?:en)?",
    ),
    "architect": (
        *NOT_HOME,
        "Ik had geen vergunning",
        "uw vergunning",
        "Kent u iemand",
        "kent uw",
        "beloning",
        "VvE",
        "aanbeveling(?:en)?",
    ),
    "starter": ("vaker", "opnieuw in", "zoals u weet"),
    "overig": ("vaker", "opnieuw in"),
}
# A space too many or too few, an empty pair of brackets, a field or a list without its end.
HOLE = re.compile(
    r"  | [.,;:?]|[.,]{2}|[a-zà-ÿ][.,?!][A-ZÀ-Ý]|\(\)|\[\[|\{\{| –$|:\n\n(?=Met vriendelijke)|€(?![ \xa0]\d)|\d %"
)
OF_NO_TYPE = (
    "moet het nog beginnen",
    "dan berekend",
    "of komt het nog",
    "constructieberekening(?:en)? voor uw project",
    "berekening niet duidelijk",
)
FIELDS: dict[str, str] = {
    "answer_url": "https://mail.example/a/x", "club": "Zilver", "code": "LOYAL15", "delivered_on": "3 maart 2025",
    "dashboard_url": "https://mail.example/mijn/x", "discount": "10", "discount_on": "op uw volgende project",
    "engineer": "Anke Wiersma", "greeting": "Beste Jan de Vries,", "member_code": "ZILVER-7Q2KD9XA",
    "larger": "een uitbouw of een renovatie van het hele huis", "missing": "Nog één project",
    "name": "Jan de Vries", "next_reward": "€ 100", "offer_percent": "15", "preferences_url": "https://mail.example/v/x",
    "progress": "66", "quote_sent_on": "1 februari 2026", "quoted": "een dakkapel", "earned": "tweede",
    "unsubscribe_url": "https://mail.example/u/x", "valid_until": "3 mei 2026", "iban": IBAN,
}  # fmt: skip


WRITTEN = copy_of(
    PROGRAMME,
    "najaar",
    CampaignTexts("Nieuws van ons", intro="Wij vertellen u graag meer.", valid_from=date(2026, 9, 1)),
)


def _variants(kind: MailKind) -> Iterator[tuple[dict[str, Choice], dict[str, str]]]:
    """Every reader, type and tier; the other choices alternate along the way, each with each within a few rows."""
    for number, (reader, project_type, tier) in enumerate(product(READERS, SHIPPED_TYPES, TIERS)):
        turns = [bool(number >> bit & 1) for bit in range(5)]
        allowed = turns[0] or kind.purpose == Purpose.MARKETING
        variant: dict[str, Choice] = NEUTRAL | {
            "reader": reader, "type": project_type, "tier": tier, "is_member": bool(tier),
            "has_own_code": tier not in ("", "brons"), "has_project": True, "has_address": turns[1], "has_idea": True,
            "monument": turns[2], "together": number % 7 == 0, "signed_by": "engineer" if turns[3] else "team",
            "allowed": allowed, "referral": allowed, "same_engineer": True, "is_late": turns[4],
            "season": "voorjaar" if turns[1] else "najaar", "loyal": reader == "verbouwer",
            "next_steps": "fundering renovatie", "next_tier": "goud" if tier == "zilver" else "",
            "tier_before": "brons" if tier == "zilver" else "", "earned_by": ("projects", "referral")[turns[4]],
            "copy": WRITTEN if kind.id in PROGRAMME.campaigns else "",
            "quote_type": project_type, "segment": "professional" if reader in BUILDERS else reader,
        }  # fmt: skip
        if kind.anchor == "tier_reached" and not tier:
            continue
        if kind.anchor == "tier_reached":
            variant["offer"] = "personal" if variant["has_own_code"] else ""
        elif kind.offer:
            variant["offer"] = "tier" if tier in ("goud", "platinum") else "code"
        made = factories.project("P1", type=project_type, delivered_on=date(2025, 3, 3), address="Kerkweg 1")
        others = [made._replace(project_id="P2", type="fundering")] if variant["together"] else []
        own = _project_fields(PROGRAMME.types, (made, *others), reader not in NOT_AT_HOME)
        yield variant, FIELDS | own | {"address": "Kerkweg 1"}


@cache
def _all_said(kind_id: str) -> list[tuple[dict[str, Choice], str]]:
    """Every variant of a kind with its words."""
    kind = PROGRAMME.kinds[kind_id]
    return [(variant, _said(kind, variant, fields)) for variant, fields in _variants(kind)]


def _said(kind: MailKind, variant: Mapping[str, Choice], fields: Mapping[str, str]) -> str:
    """Subject, preheader and text."""
    tagged = TEMPLATES.text_of(kind, variant)
    plain = tagged.preheader.replace(".h]]", "]]")
    return "\n".join(TaggedText(each).fill(fields) for each in (tagged.subject, plain, tagged.text))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_mail_speaks_to_its_reader(kind: MailKind) -> None:
    """No word that we never use, none that is wrong for this reader, and no sentence with a hole in it."""
    seen: dict[tuple[object, ...], None] = {}
    for variant, text in _all_said(kind.id):
        if (text, variant["reader"]) in seen:
            continue
        seen[text, variant["reader"]] = None
        body = re.sub(r"https?://\S+", "", text.partition("\n--\n")[0])
        wrong = [
            *NEVER,
            *BY_READER.get(str(variant["reader"]), ()),
            *(OF_NO_TYPE if variant["type"] == "overig" else ()),
        ]
        found = re.search(rf"\b(?:{'|'.join(wrong)})(?!\w)", PLANNED.sub("", body))
        where = f"{kind.id} {variant['reader']} {variant['type']} {variant['tier']}"
        assert not found, f"{where}: {found[0]!r} in {body[max(0, found.start() - 60) : found.end() + 40]!r}"
        assert body.replace("Gefeliciteerd!", "").count("!") == 0, where
        assert not (hole := HOLE.search(body)), f"{where}: {hole} in {body}"
        assert text.count(PROGRAMME.brand.phone) <= 2, f"{where}: the phone is named more than once"


# What may stand in several mails to one client: how to reach us, the offer, the ways of a project's words, the frame.
SHARED = re.compile(
    r"^(?:Op \d|058 |Ongeveer |Twee weken geleden|Beste |Met vriendelijke groet|Anke|constructeur,|Team |Liever bellen"
    r"|Antwoorden op|Geldig |Noem de code|Kortingen tellen|Uw (?:code|ledencode|ledenkorting)|\d+% korting|Met \d+%|- "
    r"|Als \w+lid |PS:|Kent u iemand|Geef uw eigen link|Wie nog geen klant|U krijgt € |Naar uw eigen|Bij uw volgende"
    r"|Cijfer |0 is |U kiest een cijfer|Hoe waarschijnlijk|Als klant krijgt u|Denkt u ook aan|Dan bekijk|Bespreek uw"
    r"|Leg uw|Dank u wel|Aan een monument|Daar hebben wij|Vragen van de gemeente|Een uitbouw aan de achterkant|Ook dan"
    r"|Bij een monument|Vraag de gemeente)"
)


def test_no_mail_repeats_another() -> None:
    """A client who gets the mails of a year reads no sentence of ours twice, but how to reach us and what is given."""
    of_mails: dict[tuple[str, str], set[str]] = {}
    for kind in KINDS:
        if kind.id not in PROGRAMME.touchpoints:
            continue
        for variant, text in _all_said(kind.id):
            if kind.family == "cross-sell" and variant["reader"] in BUILDERS:
                continue  # it does not go to them
            body = re.sub(r"https?://\S+", "", text.partition("\n--\n")[0])
            for sentence in re.split(r"(?<=[.?!])\s+|\n+", body):
                if len(sentence) > 25 and not SHARED.match(sentence):
                    of_mails.setdefault((str(variant["reader"]), sentence), set()).add(kind.id)
    twice = {key: kinds for key, kinds in of_mails.items() if len(kinds) > 1}
    assert not twice


OF_ROOMS = sorted(path for folder in ("mail", "campaign") for path in (GOLDEN / folder).glob("*.txt"))


@pytest.mark.parametrize("path", OF_ROOMS, ids=lambda path: path.stem)
def test_no_mail_of_a_room_says_what_we_never_say(path: Path) -> None:
    """Rewards, accounts, complaints and surveys: the same words are out, and no sentence has a hole in it."""
    body = re.sub(r"https?://\S+", "", path.read_text("utf-8").partition("\n--\n")[0])
    if "hostile" in path.stem:
        return
    found = re.search(rf"\b(?:{'|'.join(NEVER)})(?!\w)", body) or HOLE.search(body)
    assert not found, f"{found[0]!r} in {body[max(0, found.start() - 60) : found.end() + 40]!r}"
