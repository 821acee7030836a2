"""A firm's own words in the scripts: what they replace, and what stays whatever the firm writes."""

import tomllib

import pytest

from programme.care.scripts.choosing import SCRIPTS, script_of
from programme.care.scripts.script import REFUSE_CALLS, TaskFacts
from programme.terms.checks.check import check
from programme.terms.script_terms import MARKETING, ScriptTerms, TaskKind
from tests import factories

ABOUT = TaskFacts(
    firm="Tuinen van Veen", phone="026 765 43 21", person="Fleur", work="de vijver", year="2025", code="LENTE20",
    percent=20, code_until="3 mei 2026", salutation="Beste Anna,",
)  # fmt: skip
OWN = {
    "build_check": ScriptTerms(opening="Hoe groeit {work}?", questions=("Is er iets dood?",), why="{work} ligt er."),
    "win_back_call": ScriptTerms(
        opening="In {year} legden wij {work} aan.", offer="Een rondje tuin.", letter="{year}!"
    ),
}


def test_a_service_call_says_what_the_firm_says() -> None:
    """What is said aloud stands between quotation marks, and what was left out stays ours."""
    script, ours = script_of("build_check", "phone", ABOUT, OWN), script_of("build_check", "phone", ABOUT)
    assert (script.opening, script.questions) == ("“Hoe groeit de vijver?”", ("“Is er iets dood?”",))
    assert script.why == "de vijver ligt er."
    assert (script.greeting, script.avoid, script.closing) == (ours.greeting, ours.avoid, ours.closing)


def test_what_the_law_asks_of_a_marketing_call_stays() -> None:
    """Who calls and the number at its start, the right to refuse at its end; and the code of the mail."""
    script = script_of("win_back_call", "phone", ABOUT, OWN)
    assert script.opening.startswith("“U spreekt met Fleur van Tuinen van Veen, 026 765 43 21. In 2025 legden wij")
    assert script.closing == REFUSE_CALLS
    assert script.offer == "20% korting met code LENTE20, tot en met 3 mei 2026. Een rondje tuin."


def test_a_letter_keeps_its_salutation_its_code_and_its_end() -> None:
    script, ours = script_of("win_back_call", "letter", ABOUT, OWN), script_of("win_back_call", "letter", ABOUT)
    assert script.letter[:2] == ("Beste Anna,", "2025!")
    assert script.letter[2:] == ours.letter[2:]


@pytest.mark.parametrize(
    ("kind", "terms", "key", "part"),
    [
        ("build_check", {"offer": "Voor {wrk}."}, "scripts.build_check.offer", "Did you mean 'work'?"),
        ("build_check", {"offer": "{work.__class__}"}, "scripts.build_check.offer", "nothing that a script knows"),
        ("build_check", {"questions": ["{work:>9}"]}, "scripts.build_check.questions", "nothing that a script knows"),
        ("build_check", {"why": "{work"}, "scripts.build_check.why", "alone"),
        ("build_check", {"questions": ["a?"] * 4}, "scripts.build_check.questions", "lists 4; the most is 3."),
        ("exit_call", {"closing": "Dag."}, "scripts.exit_call.closing", "the law asks"),
        ("buildcheck", {"why": "x"}, "scripts.buildcheck", "Did you mean 'build_check'?"),
    ],
)
def test_a_script_that_cannot_be_filled_in_is_a_fault(kind: str, terms: dict[str, object], key: str, part: str) -> None:
    raw = tomllib.loads((factories.ROOT / "programme.toml").read_text("utf-8")) | {"scripts": {kind: terms}}
    (fault,) = check(raw)
    assert fault.key == key
    assert part in fault.text


def test_every_script_can_have_own_words() -> None:
    """By the kinds that there are."""
    assert set(TaskKind.__args__) == set(SCRIPTS)
    assert set(SCRIPTS) > MARKETING
