"""A programme whose mails link to what is not served, or promise what no rule grants, is refused."""

from pathlib import Path

import pytest

from models.settings import ROOT
from programme.inbound.answers import ASKED_BY
from programme.mail.links import LINKS
from programme.terms.checks.check import check
from programme.terms.own_pages import OWN_PAGES
from tasks.base.programme_file import TEMPLATES, check_programme
from tests.programme.terms.test_check import GONE, MAIL_FILES, SHIPPED, changed


def told(texts: dict[str, str], raw: dict[str, object] | None = None) -> list[str]:
    return [f"{fault.key}: {fault.text}" for fault in check(raw or SHIPPED, MAIL_FILES, texts)]


def test_the_links_of_a_mail_are_the_pages() -> None:
    """Every link that a mail has leads to a page of the list, and each page has its link."""
    assert tuple(OWN_PAGES) == LINKS


@pytest.mark.parametrize(
    ("file", "text", "part"),
    [
        ("mail/win_back.jinja", "Kijk op {{ f.dashbord_url }}", "links to f.dashbord_url, and no page of that name"),
        ("layout/mail.mjml", '<a href="{{ f.cadeau_url }}">x</a>', "links to f.cadeau_url"),
        ("mail/win_back.jinja", '{{ parts.button("x", sites.shop) }}', "links to sites.shop"),
        ("mail/win_back.jinja", "U krijgt 25 % korting.", "promises '25 %' in words"),
        ("mail/win_back.jinja", "Vijftien, 15 procent!", "promises '15 procent' in words"),
        ("mail/win_back.jinja", "<mj-text>Met code ZOMER30.</mj-text>", "promises the code 'ZOMER30'"),
        ("mail/review_reminder.jinja", "Met {{ f.code }}", "places f.code, and the touchpoint has no offer"),
    ],
)
def test_a_promise_without_a_rule_is_a_fault(file: str, text: str, part: str) -> None:
    """It names the file, what was found, and what to do."""
    (fault,) = told({file: text})
    assert part in fault
    assert f"templates/{file}" in fault


@pytest.mark.parametrize("text", ['{{ parts.scale(f.answer_url, "a", "b") }}', "{{ forms[0].choices }}"])
def test_answers_without_a_question_are_a_fault(text: str) -> None:
    """Of a mail that asks nothing: behind its link would be no page. Of one that asks, and of a shared part, none."""
    texts = {"mail/win_back.jinja": text, "mail/check_in.jinja": text, "layout/parts.mjml": text}
    (fault,) = check(SHIPPED, MAIL_FILES, texts, ASKED_BY)
    assert fault.key == "touchpoints.win_back"
    assert "templates/mail/win_back.jinja places f" in fault.text
    assert "asks no question" in fault.text


def test_an_own_mail_with_answers_is_refused(tmp_path: Path) -> None:
    """The file's check knows which mails ask something."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "anniversary.jinja").write_text('{{ parts.choice("Ja", f.answer_url, "ja") }}')
    (fault,) = check_programme(ROOT / "programme.toml", TEMPLATES, tmp_path)
    assert "asks no question" in fault.text


def test_an_offer_taken_from_a_touchpoint_is_missed_in_its_mail() -> None:
    """Who deletes `offer` and leaves it in the mail is told."""
    raw = changed(("touchpoints.anniversary.offer", GONE))
    text = (TEMPLATES / "mail" / "anniversary.jinja").read_text("utf-8")
    (fault,) = told({"mail/anniversary.jinja": text}, raw)
    assert "places f.offer_percent, and the touchpoint has no offer" in fault


def test_a_benefit_that_says_another_percentage_is_a_fault() -> None:
    raw = changed(("tiers.0.benefits", ["altijd 8% korting"]))
    (fault,) = told({}, raw)
    assert "promises '8%', and this tier's discount_percent is 5" in fault


def test_widths_and_styles_promise_nothing() -> None:
    """What no reader sees is no promise."""
    assert (
        told({"mail/win_back.jinja": '<mj-image width="50%" /><mj-style>a { width: 100% }</mj-style>{# 10 % #}'}) == []
    )


def test_the_shipped_templates_promise_what_is_there() -> None:
    from models.settings import ROOT

    assert check_programme(ROOT / "programme.toml") == []
