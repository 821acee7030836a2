"""The words of templates, taken out and put back: whatever is said otherwise, all else stays letter for letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.proposals.sentences import BLOCKS, said_otherwise, sentences_of
from tests.factories import ROOT

TEMPLATES = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "templates/mail").glob("*.jinja"))}
WIN_BACK = TEMPLATES["win_back"]


def test_every_template_comes_back_as_it_was() -> None:
    """Nothing said otherwise changes nothing; no sentence of ours has a fault; each stands where it says."""
    for name, template in TEMPLATES.items():
        found = sentences_of(template)
        assert said_otherwise(template, {}) == template
        assert said_otherwise(template, {each.field: each.text for each in found}) == template
        assert [each.fault(each.text) for each in found if each.fault(each.text)] == [], name
        assert all(each.block in BLOCKS for each in found)
        assert [each.start for each in found] == sorted(each.start for each in found)
    assert sum(len(sentences_of(template)) for template in TEMPLATES.values()) > 150


def test_the_case_is_told_in_words() -> None:
    """For whom a sentence is, where the template asks that; the value inside it by a name."""
    told = {(each.block, each.case, each.text) for each in sentences_of(WIN_BACK)}
    assert ("subject", "voor aannemers", "Weer een [wie het werk doet] nodig?") in told
    assert ("heading", "", "Het is even geleden") in told
    assert any("[korting]% korting, tot en met [geldig tot en met]." in text for _, _, text in told)


@given(st.text(max_size=60))
def test_no_text_becomes_a_part_of_the_template(text: str) -> None:
    """What has no fault stands in the template as words: the tags and values of it are those that were there."""
    sentence = next(each for each in sentences_of(WIN_BACK) if each.block == "heading")
    if sentence.fault(text):
        return
    changed = said_otherwise(WIN_BACK, {sentence.field: text})
    assert changed == WIN_BACK.replace("Het is even geleden{% endblock %}", f"{text.strip()}{{% endblock %}}")
    for sign in ("{{", "{%", "{#", "<"):
        assert changed.count(sign) == WIN_BACK.count(sign)


@pytest.mark.parametrize("text", ["", " ", "{{ x }}", "a {% b", "<b>", "[korting]", "[", "a\nb", "\x1b[31m", "# x"])
def test_what_a_heading_cannot_be(text: str) -> None:
    """Neither empty, nor markup, nor a sign of the template, nor a second line."""
    sentence = next(each for each in sentences_of(WIN_BACK) if each.block == "heading")
    assert sentence.fault(text)


def test_values_stay_in_their_sentence() -> None:
    """Each once, in any order; one that is left out, doubled or strange is refused."""
    sentence = next(each for each in sentences_of(WIN_BACK) if len(each.values) == 2)
    first, second = sentence.values
    assert not sentence.fault(f"{second} en {first}")
    for text in (first, f"{first} {first} {second}", f"{first} {second} [naam]", f"{first} {second}]"):
        assert sentence.fault(text), text
