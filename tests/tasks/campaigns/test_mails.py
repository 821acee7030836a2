"""The mails of campaigns: as they were last looked at, alike in both parts, and safe whatever a marketer writes."""

import html as html_module
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.ui.mail_pictures import mail_picture, xhtml_of
from programme.campaigns.campaign import Campaign
from programme.campaigns.form.order import read_order
from programme.campaigns.texts import CampaignTexts, copy_of
from programme.facts.records import Client
from tasks.mail.eml import build_eml
from tasks.mail.render import Mail, Renderer
from tests import factories as make
from tests.tasks.campaigns.base import DAY
from tests.tasks.mail import golden
from tests.tasks.mail.cases import BASE_URL, DORMER, EXTENSION, KEY, SMALL, WALL
from tests.tasks.mail.reading import lines_missing_in_html

GOLDEN = Path(__file__).parents[2] / "golden" / "campaign"
PROGRAMME = make.shipped_programme()
OF_MARKETERS = {name for name, template in PROGRAMME.campaigns.items() if not template.survey}
NEWS = (
    "Deze zomer zijn er weer veel plannen voor dakkapellen.\n\nDrie dingen om aan te denken:\n\n"
    "- vraag de vergunning op tijd aan\n- meet de nok\n- vergelijk offertes\n\nMeer leest u op onze site."
)
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} {% raw %} [[code]] -name- <mj-raw> & "x"\r\nBcc: x@y.nl <!-- --> &lt;'
EVENT = {"event_on": "2026-03-26", "event_time": "19:30"}
PLAIN, LOYAL = (DORMER,), (SMALL, EXTENSION, WALL)

CASES: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "newsletter": (
        {
            "template": "newsletter",
            "subject": "Nieuws van Bureau Broersma",
            "title": "Zomer op komst",
            "intro": "Het bouwseizoen begint. Wij zetten het nieuws voor u op een rij.",
            "body": NEWS,
            "link_url": "https://www.bureaubroersma.example/nieuws?p=1",
            "link_label": "Lees het hele bericht",
        },
        PLAIN,
    ),
    "webinar_invitation": (
        {
            "template": "webinar_invitation",
            "subject": "Webinar: een draagmuur weghalen",
            "intro": "In een uur vertellen wij wat er kan en wat niet.",
            "link_url": "https://webinar.example/aanmelden",
            "link_label": "Meld u aan",
            **EVENT,
        },
        PLAIN,
    ),
    "vip_event": (
        {
            "template": "vip_event",
            "subject": "Uitnodiging: een avond op de bouw",
            "intro": "Wij openen een bouwplaats voor u.",
            "place": "Havenkade 7, Leeuwarden",
            **EVENT,
        },
        LOYAL,
    ),
    "price_news": (
        {
            "template": "price_news",
            "subject": "Onze prijzen vanaf 1 juli",
            "body": "De prijs van een berekening gaat met € 25 omhoog.",
            "valid_from": "2026-07-01",
        },
        PLAIN,
    ),
    "free_text": ({"template": "free_text", "subject": "Een bericht", "body": "Wij zijn verhuisd."}, PLAIN),
    "newsletter-code": (
        {"template": "newsletter", "subject": "Actie", "intro": "Voor wie plannen heeft.", "offer": "LOYAL15"},
        PLAIN,
    ),
    "newsletter-tier-instead-of-code": (
        {"template": "newsletter", "subject": "Actie", "intro": "Voor wie plannen heeft.", "offer": "LOYAL15"},
        LOYAL,
    ),
    "free_text-hostile": (
        {
            "template": "free_text",
            "subject": HOSTILE[:150],
            "title": HOSTILE[:150],
            "intro": HOSTILE,
            "body": f"{HOSTILE}\n\n- {HOSTILE}",
            "place": HOSTILE[:150],
            "link_url": "https://www.bureaubroersma.example/a?b=1&c=%22",
            "link_label": HOSTILE[:150],
        },
        PLAIN,
    ),
}


def campaign(message: dict[str, Any]) -> Campaign:
    order = read_order(PROGRAMME, {"message": {"name": "Proef 1"} | message}, DAY)
    assert order.campaign is not None, order.faults
    return order.campaign


def hostile(message: dict[str, Any]) -> Campaign:
    """A campaign with texts that the form refuses, as if they had come another way."""
    made = campaign({"template": message["template"], "subject": "Proef", "intro": "Proef"})
    written = {key: value for key, value in message.items() if key in CampaignTexts._fields}
    texts = made.texts._replace(**written)
    return replace(made, texts=texts, copy=copy_of(PROGRAMME, made.name, texts))


def client(projects: tuple[Any, ...], **changes: Any) -> Client:
    return make.client(projects=projects, code="7Q2KD9XA", **changes)


def mail_of_case(name: str) -> Mail:
    message, projects = CASES[name]
    return mail_to(hostile(message) if "hostile" in name else campaign(message), client(projects))


RENDERER = Renderer(PROGRAMME, BASE_URL)


def mail_to(asked: Campaign, who: Client) -> Mail:
    return RENDERER.compose(asked.kind, asked.occasion, who, make.recipient(who), DAY, KEY)


@pytest.mark.parametrize("name", CASES)
def test_mail_is_the_golden_one(name: str) -> None:
    """Subject, headers, HTML and text are what was reviewed; `make golden` rewrites them."""
    golden.compare(GOLDEN, name, mail_of_case(name))


def test_every_template_has_a_golden_mail() -> None:
    """No template of the programme goes without a reviewed mail, and no golden file is left over."""
    assert {str(message["template"]) for message, _ in CASES.values()} == OF_MARKETERS
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_both_parts_say_and_link_the_same(name: str) -> None:
    """Every line of the plain text stands in the HTML, and both have the same links."""
    mail = mail_of_case(name)
    in_html = {html_module.unescape(url) for url in re.findall(r'href="(https?://[^"]+)"', mail.html)}

    assert in_html == set(re.findall(r"https?://\S+", mail.text))
    assert lines_missing_in_html(mail.text, mail.html) == []
    assert len(re.findall("<h1[ >]", mail.html)) == 1
    assert len(mail.html.encode()) < 100_000


def test_what_a_marketer_writes_is_no_markup() -> None:
    """No tag, template, field or header comes of it; the reader sees the characters as they were typed."""
    mail = mail_of_case("free_text-hostile")

    assert "<script" not in mail.html
    assert "<mj-raw" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} {% raw %} ((code))" in mail.html
    assert "49" not in mail.subject
    assert "\n" not in mail.subject
    assert "Bcc: x@y.nl" not in build_eml(mail).decode().splitlines()
    assert "[[" not in mail.html + mail.text + mail.subject


@settings(deadline=None)
@given(
    st.text(alphabet="[]{}<>&\"'%-#/!=*mjrawcode\\\r\n\u202e\u0000é", max_size=60),
    st.sampled_from(sorted(OF_MARKETERS)),
)
def test_no_text_adds_an_element(text: str, template_id: str) -> None:
    """Whatever stands in a text, the mail has the elements that it has with a plain word there."""

    def tags(words: str) -> list[str]:
        asked = hostile({"template": "free_text", "subject": f"a{words}", "intro": f"a{words}", "place": f"a{words}"})
        return re.findall(r"</?[a-z0-9]+", mail_to(replace(asked, template_id=template_id), client(PLAIN)).html)

    assert tags(text) == tags("")


def test_the_offer_is_never_below_the_tier() -> None:
    """Who has 15% by the tier reads that, with the code of the tier; who has less gets the offer's."""
    code, tier = mail_of_case("newsletter-code").text, mail_of_case("newsletter-tier-instead-of-code").text

    assert "15% korting op uw volgende project\nUw code: LOYAL15\n" in code
    assert "LOYAL15" not in tier
    assert "15% korting op uw volgende project, als Goudlid\nUw ledencode: GOUD-" in tier


@pytest.mark.parametrize("name", CASES)
def test_a_picture_of_a_mail_is_well_formed(name: str) -> None:
    """The SVG holds the mail's words as XML, without scripts, links or anything to load."""
    from xml.etree import ElementTree

    mail = mail_of_case(name)
    tree = ElementTree.fromstring(f"<x>{xhtml_of(mail.html)}</x>")
    body = " ".join(" ".join(element.itertext()) for element in tree.iter("div"))

    assert " ".join(mail.text.split("\n")[0].split()) in " ".join(body.split())
    assert not [each for element in tree.iter() for each in element.attrib if each.startswith(("on", "href"))]
    assert not list(tree.iter("script"))
    assert mail_picture(mail.html).startswith("data:image/svg+xml;base64,")


def test_a_picture_is_as_high_as_its_words() -> None:
    """Neither gaps nor words in bold are lines of their own; the artifact had an empty half under each mail."""
    gaps = "<tr><td>&nbsp;</td></tr>" * 20
    marked = f"<p>Een zin met <b>vet</b> en <a href='https://x.example'>een link</a>.</p><table>{gaps}</table>"
    assert _height_of(mail_picture(marked)) == _height_of(mail_picture("<p>Een zin met vet en een link.</p>"))


def _height_of(picture: str) -> str:
    svg = b64decode(picture.removeprefix("data:image/svg+xml;base64,")).decode()
    return svg.partition('height="')[2].partition('"')[0]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_html_becomes_xml(text: str) -> None:
    """Broken or hostile markup still gives a well-formed picture."""
    from xml.etree import ElementTree

    ElementTree.fromstring(f"<x>{xhtml_of(f'<p {text}>{text}<table><br>')}</x>")
