"""Templates become mails: the same words in both parts, readable, and safe whatever a client is called."""

import html as html_module
import json
import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.inbound.answers import SCORES, forms_of
from programme.mail.variables import NEUTRAL, clean
from programme.rules.decide import Decision
from programme.verdict.contrasts import faint_words
from programme.words.colours import LEAST_CONTRAST, WHITE, contrast
from programme.words.states import Flow, Outcome
from programme.words.tokens import LinkPurpose, message_id_of, message_token
from tasks.mail.render import PreparedMail, Renderer, mail_of, prepare_kind
from tasks.mail.templating.palette import METALS, dark_palette, light_palette
from tests import factories
from tests.tasks.mail.cases import BASE_URL, CASES, DORMER, HOSTILE_NAME, KEY, MailCase, case, renderer
from tests.tasks.mail.reading import lines_missing_in_html, words_of_html
from web.server.pages import PageRenderer

RENDERER = renderer()
PROGRAMME = factories.shipped_programme()


def prepared(found: MailCase, by: Renderer = RENDERER) -> PreparedMail:
    due = found.occasion()
    decision = Decision(
        found.as_of, Flow.DAILY, found.client.client_id, found.recipient.address, found.touchpoint, due.occasion,
        due.due_on, due.closes_on, Outcome.SEND, None, "overig", None, 50, due.project_id, due.quote_id,
    )  # fmt: skip
    return prepare_kind(by, found.kind(by), decision, found.client, found.recipient, found.as_of, KEY)


def row_of(mail: PreparedMail, found: MailCase) -> Any:
    return SimpleNamespace(
        message_id=mail.message_id,
        touchpoint=found.touchpoint,
        recipient=found.recipient.address,
        sender_name=mail.sender_name,
        variant=mail.variant_json,
        fields=mail.fields_json,
        as_of=found.as_of,
    )


def links_of_html(html: str) -> set[str]:
    return {html_module.unescape(url) for url in re.findall(r'href="(https?://[^"]+)"', html)}


@pytest.mark.parametrize("name", CASES)
def test_preview_equals_the_mail_of_the_log(name: str) -> None:
    """What is composed for a preview is byte for byte what the queue's row gives later."""
    found = CASES[name]
    kept = prepared(found)

    assert found.mail(RENDERER) == mail_of(renderer(), row_of(kept, found))
    assert kept == prepared(found, renderer())
    assert kept.subject == found.mail(RENDERER).subject


@settings(deadline=None)
@given(st.lists(st.text(alphabet="[]{}<>&\"'%-namecodh.=\\\r\n\u202eé", max_size=30), min_size=3, max_size=3))
def test_no_value_can_become_a_tag_or_markup(texts: list[str]) -> None:
    """Whatever clients are called, no markup and no field comes of it."""
    kept = prepared(CASES["anniversary"])
    compiled = RENDERER.compiled("anniversary", kept.variant_json)
    fields = json.loads(kept.fields_json)
    fields |= dict(zip(("name", "reference", "engineer"), map(clean, texts), strict=True))
    filled = compiled.fill(fields)

    assert filled.html.count("<") == compiled.html.whole.count("<")


def test_hostile_name_stays_text() -> None:
    """Markup is escaped, a template stays what it is, a tag loses its brackets, and no header can begin."""
    mail = CASES["feedback_request-hostile-name"].mail(RENDERER)

    assert "<script" not in mail.html
    assert (
        "&lt;script&gt;alert`1`&lt;/script&gt; {{7+7}} ((code)) -name- &#34;=cmd&#34; Bcc: x@y.nl &amp; Zn."
        in mail.html
    )
    assert '<script>alert`1`</script> {{7+7}} ((code)) -name- "=cmd" Bcc: x@y.nl' in mail.text
    assert HOSTILE_NAME not in mail.text


@pytest.mark.parametrize("name", CASES)
def test_both_parts_have_the_same_links(name: str) -> None:
    """Whoever reads the plain text can do all that the HTML offers, unsubscribing included."""
    mail = CASES[name].mail(RENDERER)
    in_text = set(re.findall(r"https?://\S+", mail.text))

    assert links_of_html(mail.html) == in_text
    assert mail.unsubscribe_url in in_text


@pytest.mark.parametrize("name", CASES)
def test_both_parts_say_the_same(name: str) -> None:
    """Every line of the plain text stands in the HTML too, word for word."""
    mail = CASES[name].mail(RENDERER)
    assert lines_missing_in_html(mail.text, mail.html) == []


@pytest.mark.parametrize("name", CASES)
def test_mail_is_accessible(name: str) -> None:
    """Language, title, one heading, layout tables marked as such, alternative texts, both colour schemes."""
    html = CASES[name].mail(RENDERER).html

    assert html.startswith('<!doctype html><html lang="nl"')
    assert len(re.findall("<h1[ >]", html)) == 1
    assert re.search("<title>[^<]+</title>", html)
    assert '<meta name="color-scheme" content="light dark"' in html
    assert all('role="presentation"' in table for table in re.findall("<table[^>]*>", html))
    assert all("alt=" in image for image in re.findall("<img[^>]*>", html))
    assert "<script" not in html
    assert len(html.encode()) < 100_000
    assert int(min(re.findall(r"font-size:(1\d)px", words := html.partition("<body")[2]))) >= 14 or not words


def test_colours_can_be_told_apart() -> None:
    """Every text on its ground has a contrast of at least 4.5, in the light and in the dark."""
    light, dark = light_palette(PROGRAMME.brand.colours), dark_palette(PROGRAMME.brand.colours)
    pairs = [(light[text], light[ground]) for text in ("text", "primary") for ground in ("card", "box", "background")]
    pairs += [(light["muted"], light[ground]) for ground in ("card", "background")]
    pairs += [(light["on_primary"], light["primary"]), (light["accent"], light["box"])]
    pairs += [(metal, light["box"]) for metal in METALS]
    pairs += [
        (dark[text], dark[ground]) for text in ("text", "muted", "link", "accent") for ground in ("page", "card", "box")
    ]

    assert [pair for pair in pairs if contrast(*pair) < LEAST_CONTRAST] == []
    assert contrast("#000000", WHITE) == pytest.approx(21)


def test_mails_and_pages_are_dark_in_the_firms_own_colours() -> None:
    """Each colour that the programme names is in the style, and the one in whose place it stands is not."""
    own = {"primary": "#f2b8c6", "accent": "#a5d88f", "text": "#fff5f8", "background": "#1c1218", "box": "#33222b"}
    programme = factories.programme(**{"brand.colours.dark": own | {"card": "#271a21"}})
    mail = CASES["anniversary"].mail(Renderer(programme, BASE_URL))
    for page in (mail.html, bytes(PageRenderer(programme).show("unknown_link.html").body).decode()):
        assert {colour for colour in own.values() if colour not in page} == set()
        assert {colour for _, colour in PROGRAMME.brand.colours.dark if colour in page} == set()
        assert not list(faint_words("mail", page))


def test_every_foot_names_the_sender() -> None:
    """Name, address, KvK and VAT number, phone, privacy statement, reason and unsubscribe link, in both parts."""
    brand = PROGRAMME.brand
    for found in CASES.values():
        mail = found.mail(RENDERER)
        for part in (words_of_html(mail.html), " ".join(mail.text.split())):
            for fact in (brand.name, brand.street, brand.postcode, brand.kvk_number, brand.vat_number, brand.phone):
                assert fact in part
            assert "U krijgt deze mail omdat" in part


def test_answers_in_mails_are_those_that_the_pages_know() -> None:
    """Each link with an answer leads to a choice or a score of the touchpoint's form."""
    asked = set()
    for found in CASES.values():
        forms = forms_of(found.touchpoint, PROGRAMME.trade)
        for url in links_of_html(found.mail(RENDERER).html):
            if answer := re.search(r"/a/[^?]+\?antwoord=(.+)", url):
                assert forms[0].choice(answer[1]) is not None
                asked.add((found.touchpoint, answer[1]))
            elif score := re.search(r"/a/[^?]+\?score=(.+)", url):
                assert forms[0].has_score
                asked.add((found.touchpoint, int(score[1])))

    wanted = {(name, score) for name in ("check_in", "survey_nps", "survey_csat", "survey_ces") for score in SCORES}
    wanted |= {
        (name, choice.id)
        for name in ("permit_check", "build_check", "quote_rejected", "case_check_in", "case_follow_up")
        for choice in forms_of(name, PROGRAMME.trade)[0].choices
    }
    assert asked == wanted


def test_links_are_signed_for_this_message() -> None:
    """The unsubscribe link holds this message's token and no other."""
    found = CASES["anniversary"]
    mail = found.mail(RENDERER)
    message_id = message_id_of(KEY, "C1", "anniversary", "P1")

    assert message_id == mail.message_id
    assert mail.unsubscribe_url == f"{BASE_URL}/u/{message_token(KEY, LinkPurpose.UNSUBSCRIBE, message_id)}"


def test_no_mail_speaks_of_today() -> None:
    """A mail may be days late; it names the day of delivery."""
    for found in CASES.values():
        assert "vandaag" not in found.mail(RENDERER).text.lower()
    assert "2 september 2025" in CASES["anniversary"].mail(RENDERER).text


def test_offer_needs_consent() -> None:
    """Without it a service mail names no discount, no club and no referral; with it, it does."""
    without, with_it = (
        case("build_check", date(2026, 1, 2), DORMER, consent=each).mail(RENDERER) for each in ("no", "yes")
    )

    assert "%" not in without.text
    assert "/mijn/" not in without.text
    assert "5% korting" in with_it.text
    assert "/mijn/" in with_it.text


def test_blocks_appear_where_they_apply() -> None:
    """Monument, project type, personal approach and loyalty, each in the mails that are about it and nowhere else."""
    marks = {
        "Vraagt de monumentencommissie om uitleg": {"permit_check-monument"},
        "vraag naar mij": {name for name, each in CASES.items() if "vraag naar mij" in each.mail(RENDERER).text},
        "onder het dak licht": {"anniversary", "anniversary-verbouwer"},
        "in de keuken of in de woonkamer": {"anniversary-personal"},
        "Dank u wel dat u ons vaker inschakelde": {"anniversary-verbouwer"},
    }
    for mark, names in marks.items():
        assert {name for name, each in CASES.items() if mark in each.mail(RENDERER).text} == names


def test_kept_variant_leaves_out_what_the_template_does_not_ask() -> None:
    """So that mails that read the same go in one request."""
    one = prepared(case("review_reminder", date(2025, 10, 2), DORMER))
    other = prepared(case("review_reminder", date(2025, 10, 2), DORMER._replace(engineer=None)))

    assert one.variant_json == other.variant_json
    assert {question.partition("=")[0] for question in json.loads(one.variant_json)} < set(NEUTRAL)


def test_links_to_the_site_carry_the_touchpoint() -> None:
    """The site's statistics can tell our mails apart."""
    for found in CASES.values():
        ours = [url for url in links_of_html(found.mail(RENDERER).html) if url.startswith(PROGRAMME.brand.site_url)]

        assert ours
        assert all(url.endswith(f"utm_campaign={found.touchpoint}") for url in ours)
