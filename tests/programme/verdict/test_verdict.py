"""What a check of a mail finds, on small texts."""

from datetime import date

import pytest

from programme.verdict.contrasts import faint_words
from programme.verdict.findings import Code, Finding, Verdict, VerdictLevel, once_each
from programme.verdict.looks import dead_links, differing_parts
from programme.verdict.moments import late_news
from programme.verdict.sender_domain import DomainState, judge_dkim, judge_dmarc, judge_spf
from programme.verdict.wording_faults import (
    endless_offers,
    leftovers,
    markup,
    never_shown,
    second_greetings,
    ungranted_promises,
)
from tasks.base.programme_file import TEMPLATES
from tests import factories


@pytest.mark.parametrize(
    "text", ["Dag {{naam}}", "*|FNAME|*", "Beste [NAAM],", "%VOORNAAM%", "${naam}", "<<naam>>", "«naam»", "XXX"]
)
def test_a_field_of_another_program_is_found(text: str) -> None:
    """Whichever program the text came from."""
    assert [found.code for found in leftovers("x", text)] == [Code.LEFTOVER]


@pytest.mark.parametrize("text", ["15% korting", "de uitbouw (Kerkweg 1)", "NL•• ABNA", "a < b", "€ 100", "u & wij"])
def test_plain_words_are_no_field(text: str) -> None:
    """What mails do say."""
    assert list(leftovers("x", text)) == []
    assert list(markup("x", text)) == []


@pytest.mark.parametrize("text", ["een <b>vette</b>", "<script>x</script>", "<a href='x'>hier</a>", "a<br/>b<br>"])
def test_pasted_html_is_called_html_and_no_field(text: str) -> None:
    """A mail would show it as it is written."""
    assert [found.code for found in markup("x", text)] == [Code.MARKUP] * 2
    assert list(leftovers("x", text)) == []


def test_a_second_greeting_is_found_and_a_sentence_is_not() -> None:
    """A line that greets, not a sentence that begins with the same word."""
    assert [found.found for found in second_greetings("x", "Tekst.\n\nBeste klant,\n\nMeer.")] == ["Beste klant,"]
    assert list(second_greetings("x", "Dag van de bouw in Leeuwarden\nBeste tijd om te bouwen is nu.")) == []


def test_a_promise_needs_a_rule_and_an_offer_its_last_day() -> None:
    """Percentages and codes are those of the programme, and a code stands with its end."""
    body = "U krijgt 12% korting met ZOMER30, en 15% met LOYAL15."
    assert [found.found for found in ungranted_promises("x", body, {15}, {"LOYAL15"})] == ["12%", "ZOMER30"]
    assert [found.code for found in endless_offers("x", body, {"LOYAL15"})] == [Code.NO_END_DATE]
    assert list(endless_offers("x", f"{body} Geldig tot en met 3 mei 2026", {"LOYAL15"})) == []


def test_a_link_leads_to_a_page_of_ours_or_to_a_whole_address() -> None:
    """An empty one, one without https, a page that nobody serves and half a telephone number do not."""
    dead = ["", "#", "http://a.nl/", "https://m.nl/x/1", "tel:12"]
    good = ["https://a.nl/b", "https://m.nl/u/1", "tel:0581234567"]
    html = "".join(f'<a href="{url}">x</a>' for url in [*dead, *good])
    assert [found.found for found in dead_links("x", html, "https://m.nl", ("/u/",))] == ["(leeg)", *dead[1:]]


def test_faint_words_are_found_by_their_inline_colours() -> None:
    """The ground is that of the nearest element that names one; hidden words do not count."""
    html = (
        '<body style="background-color:#ffffff"><p style="color:#cccccc">bleek</p>'
        '<div style="display:none"><p style="color:#ffffff">weg</p></div>'
        '<table><tr><td bgcolor="#1f4e5f" style="color:#ffffff">knop<br>tekst</td></tr></table></body>'
    )
    (found,) = faint_words("x", html)
    assert "bleek" in found.found
    assert "1,6" in found.found


def test_faint_words_are_found_in_dark_mode() -> None:
    """By the rules of the head: the heavier and then the later holds, below and directly below are two things."""
    dark = (
        ".card > table, .page { background: #1d252a !important; } .t p { color: #e9edef !important; }"
        ".q p { color: #444444 !important; } p { color: #333333 !important; }"
    )
    words = '<p style="color:#22303a">{}</p>'.format
    cells = f'<td class="t">{words("goed")}<br /></td><td>{words("bleek")}</td>'
    cells += f'<td class="q"><div>{words("rustig")}</div></td>'
    html = (
        f"<head><style>@media (prefers-color-scheme: dark) {{ {dark} }} .page {{ color: #ffffff; }}</style></head>"
        f'<body class="page" style="background:#ffffff"><div class="card"><table><tr>{cells}</tr></table></div></body>'
    )
    found = [finding.found.split("”")[0] for finding in faint_words("x", html)]
    assert found == ["donker: “bleek", "donker: “rustig"]


def test_parts_that_differ_are_told() -> None:
    """A link in one of both, and a line that the HTML lacks."""
    html = '<p>Dag.</p><a href="https://a.nl/1">Lees</a>'
    assert list(differing_parts("x", "Dag.\nLees:\nhttps://a.nl/1", html)) == []
    assert len(list(differing_parts("x", "Dag.\nIets anders\nhttps://a.nl/2", html))) == 3


def test_news_of_an_event_must_come_in_time() -> None:
    """Who was deferred may hear of it until the last day of the window."""
    assert list(late_news("x", date(2026, 3, 26), date(2026, 3, 2), 7)) == []
    assert "donderdag 26 maart 2026" in next(late_news("x", date(2026, 3, 26), date(2026, 3, 20), 7)).sentence
    assert list(late_news("x", None, date(2026, 3, 20), 7)) == []


def test_a_verdict_counts_faults_and_leaves_advice_to_a_person() -> None:
    """The same finding at many places is one."""
    faults = [Finding(Code.LEFTOVER, place, "{{naam}}") for place in ("a", "b")]
    advice = Finding(Code.SPELLING, "tekst", "fuotje")
    assert advice.level == VerdictLevel.ADVICE
    assert Verdict((advice,), 3).may_go
    told = Verdict(once_each([*faults, advice]), 36)
    assert not told.may_go
    assert told.headline == "1 fout en 1 opmerking in 36 mails."
    assert Verdict((), 1).headline == "In orde: 1 mail bekeken."


def test_records_of_the_senders_domain() -> None:
    """A record that is absent, double, open to all or withdrawn is told with what to do."""
    assert judge_spf("a.nl", ["v=spf1 include:sendgrid.net ~all"]).state == DomainState.OK
    assert judge_spf("a.nl", ["v=spf1 +all"]).state == DomainState.WEAK
    assert judge_spf("a.nl", ["v=spf1 a -all", "v=spf1 mx -all"]).state == DomainState.MISSING
    assert judge_spf("a.nl", ["iets"]).state == DomainState.MISSING
    assert judge_dkim("a.nl", {"s1": ["v=DKIM1; k=rsa; p=MIGf"], "s2": []}).state == DomainState.OK
    assert judge_dkim("a.nl", {"s1": ["v=DKIM1; p="], "s2": []}).state == DomainState.MISSING
    assert judge_dkim("a.nl", {"s1": [], "s2": []}).state == DomainState.MISSING
    assert judge_dmarc("a.nl", ["v=DMARC1; p=none; rua=mailto:x@a.nl"]).state == DomainState.OK
    assert judge_dmarc("a.nl", ["v=DMARC1; p=none"]).state == DomainState.WEAK
    assert judge_dmarc("a.nl", ["v=DMARC1; rua=mailto:x@a.nl"]).state == DomainState.MISSING
    assert judge_dmarc("a.nl", []).state == DomainState.MISSING
    whole = "v=DMARC1; p=none; rua=mailto:x@a.nl"
    assert judge_dmarc("a.nl", ["v=spf1 -all", whole]).state == DomainState.OK
    assert judge_dmarc("a.nl", [whole, whole]).state == DomainState.MISSING


def test_a_name_that_the_programme_lacks_is_told() -> None:
    """A slip of the pen, or the segment of another firm; kinds of clients and the neutral reader are always there."""
    template = """{% if v.is_for("aannemer", "starter", "overig", 'tuinvrind') %}x{% elif v.is_type("dakkapl") %}y
        {% elif v.is_segment("professional") or v.is_type("overig", "dakkapel") %}z{% endif %}"""
    found = [finding.found for finding in never_shown(factories.shipped_programme(), "mail/x.jinja", template)]
    assert found == ["tuinvrind", "dakkapl"]


def test_our_own_templates_ask_for_what_there_is() -> None:
    """So that an own copy of one brings no advice of itself."""
    programme = factories.shipped_programme()
    for file in (TEMPLATES / "mail").glob("*.jinja"):
        assert [*never_shown(programme, file.name, file.read_text("utf-8"))] == []
