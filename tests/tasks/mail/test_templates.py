"""What whoever edits the templates is told."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from tasks.base.programme_file import TEMPLATES
from tasks.checking.samples import sample_mails
from tasks.mail.render import FieldMissing, Renderer
from tasks.mail.templating.tagged import TemplateInvalid, TemplateMissing
from tasks.mail.templating.templates import Templates
from tests import factories
from tests.tasks.mail.cases import BASE_URL, CASES, DORMER, case

PROGRAMME = factories.shipped_programme()
RENDERER = Renderer(PROGRAMME, BASE_URL)


def _copied(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    return folder


OF_ANOTHER_TRADE = {
    "trade": {"engineer": "monteur", "calculates": False, "plans": "plannen voor een warmtepomp"},
    "project_types.warmtepomp": {
        "label": "Warmtepomp", "the": "de warmtepomp", "yours": "uw warmtepomp", "a": "een warmtepomp",
        "many": "warmtepompen",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "touchpoint",
    [
        "anniversary", "build_check", "check_in", "feedback_request", "review_reminder", "reward_earned",
        "survey_loyalty", "tier_upgrade", "win_back",
    ],
)  # fmt: skip
def test_a_firm_that_calculates_nothing_says_so_nowhere(touchpoint: str) -> None:
    """To no kind of reader, whatever the project was of."""
    other = Renderer(factories.programme(**OF_ANOTHER_TRADE), BASE_URL)
    found = [mail.mail for mail in sample_mails(other, other.kinds[touchpoint], date(2026, 3, 2))]
    assert found
    words = [f"{mail.subject}\n{mail.text}".lower() for mail in found]
    assert [text for text in words if re.search("reken(?!ingnummer)|constructie|constructeur|bouwplan", text)] == []


ASK = "{{ copy.delivered() }}"


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        (ASK, "{{ nothing }}", ", line 12", "'nothing' is undefined"),
        ("{% block body %}", "{% blok body %}", ", line 11", "unknown tag"),
        (ASK, "{{ f.nme }}", ", line 12", "nme"),
        (ASK, "{% if f.name %}x{% endif %}", ", line 12", "For a condition use a choice"),
        (ASK, "{{ f.name|upper }}", "", "mark fields"),
        (ASK, "[{{ f.name }}]", "", "square brackets"),
        (ASK, "<b>x", "", "mismatched tag"),
        (ASK, "{{ 'x' * 99000 }}", "", "bytes"),
        (ASK, "{{ ''.__class__.mro() }}", ", line 12", "unsafe"),
        ("{% block subject %}Hoe vond u het om met ons te werken?", "{% block subject %}", "", "one line of text"),
    ],
)
def test_broken_template_is_told_by_file_and_line(tmp_path: Path, old: str, new: str, where: str, what: str) -> None:
    """Whoever edits a template is told where, and what is wrong; no traceback."""
    folder = _copied(tmp_path)
    path = folder / "mail" / "feedback_request.jinja"
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(TemplateInvalid) as told:
        CASES["feedback_request"].mail(Renderer(PROGRAMME, BASE_URL, folder))

    assert f"feedback_request.jinja{where}" in str(told.value)
    assert what in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("new", "where"),
    [("{% if %}", ", line "), ("{{ f.nosuch }}", ", line "), ("[{{ f.name }}]", ": a field cannot stand directly")],
)
def test_a_fault_of_the_firms_own_template_names_its_file(tmp_path: Path, new: str, where: str) -> None:
    """Not ours of the same name, in which there is nothing to mend."""
    path = tmp_path / "mail" / "win_back.jinja"
    path.parent.mkdir()
    path.write_text((TEMPLATES / "mail" / "win_back.jinja").read_text("utf-8").replace("Wij missen u.", new), "utf-8")
    with pytest.raises(TemplateInvalid) as told:
        CASES["win_back"].mail(Renderer(PROGRAMME, BASE_URL, own=tmp_path))
    assert str(told.value).startswith(f"{path}{where}")


def test_missing_template_is_named(tmp_path: Path) -> None:
    """A touchpoint without its file says which file to write."""
    folder = _copied(tmp_path)
    (folder / "mail" / "win_back.jinja").unlink()

    with pytest.raises(TemplateMissing, match=r"mail/win_back\.jinja does not exist"):
        CASES["win_back"].mail(Renderer(PROGRAMME, BASE_URL, folder))


def test_changed_template_is_taken_up_by_the_next_renderer(tmp_path: Path) -> None:
    """A renderer reads the templates anew, also within one process."""
    folder = _copied(tmp_path)
    path = folder / "mail" / "win_back.jinja"
    before = CASES["win_back"].mail(Renderer(PROGRAMME, BASE_URL, folder))
    path.write_text(path.read_text().replace("Wij missen u.", "Lang niet gezien."))

    assert "Wij missen u." in before.subject
    assert "Lang niet gezien" in CASES["win_back"].mail(Renderer(PROGRAMME, BASE_URL, folder)).subject


def test_field_without_a_value_is_named(tmp_path: Path) -> None:
    """A template that places what this mail has not got says so, with the choice to ask."""
    folder = _copied(tmp_path)
    path = folder / "mail" / "win_back.jinja"
    path.write_text(path.read_text().replace("{{ blocks.offer() }}", "{{ f.missing }}"))

    with pytest.raises(FieldMissing, match=r"f\.missing has no value"):
        CASES["win_back"].mail(Renderer(PROGRAMME, BASE_URL, folder))


@pytest.mark.parametrize(
    ("touchpoint", "offset", "words"),
    [
        ("anniversary", "18 months", "Ongeveer anderhalf jaar geleden, op 2 september 2025"),
        ("anniversary", "24 months", "Twee jaar geleden: uw dakkapel"),
        ("small_to_large", "3 months", "Ongeveer drie maanden geleden"),
        ("permit_check", "70 days", "Ongeveer tien weken geleden"),
        ("permit_check", "1 days", "Ongeveer een dag geleden"),
        ("permit_check", "0 days", "Ongeveer enkele dagen geleden"),
    ],
)
def test_mail_says_the_time_that_the_programme_has(touchpoint: str, offset: str, words: str) -> None:
    """Whoever changes an offset in programme.toml changes the words "een jaar geleden" with it."""
    programme = factories.programme(**{f"touchpoints.{touchpoint}.offset": offset})
    found = case(touchpoint, date(2026, 9, 4), DORMER._replace(value_cents=70_000))
    mail = found.mail(Renderer(programme, BASE_URL))

    assert words in f"{mail.subject} {mail.text}"
    assert words in f"{mail.subject} {mail.html}"


def test_mail_ends_with_the_referral_programme_where_the_file_says_so() -> None:
    """The line on the programme is data of each touchpoint."""
    ending = {name for name, touchpoint in PROGRAMME.touchpoints.items() if touchpoint.ends_with_referral}
    with_line = {each.touchpoint for each in CASES.values() if "Geef uw eigen link door" in each.mail(RENDERER).text}

    assert with_line == ending


@pytest.mark.parametrize(("month", "is_spring"), [(3, True), (9, False)])
def test_a_season_is_known_by_its_start_and_not_by_its_name(month: int, is_spring: bool) -> None:
    """A firm that calls its spring "lente" gets the text of spring."""
    programme = factories.programme(**{"seasons.starts": {"lente": {"month": month, "day": 1}}})
    kind = programme.kinds["seasonal"]
    told = Templates(programme).text_of(kind, {"season": "lente", "reader": "overig"})
    assert (told.subject == "Nu rekenen, na de zomer bouwen") is is_spring
