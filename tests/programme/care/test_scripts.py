"""What a colleague reads before he picks up the phone: complete, lawful, and nothing to sell in service."""

import re
from dataclasses import replace

import pytest

from programme.care.outcomes import Settled
from programme.care.scripts.choosing import LETTERS, SCRIPTS, script_of
from programme.care.scripts.script import REFUSE_CALLS, Script, TaskFacts
from programme.care.words import KIND_WORDS

ABOUT = TaskFacts(
    firm="Bureau Broersma",
    phone="058 123 45 67",
    person="Anke Wiersma",
    salutation="Beste Anna de Vries,",
    happened_on="3 maart 2026",
    score=3,
    subject="uw dakkapel",
    promise_at="maandag 9 maart om 16.00 uur",
    higher_person="Bas Hoekstra",
    mail="Hoe gaat de bouw?",
    answer="vraag",
    work="de dakkapel",
    plan="een uitbouw",
    number="V12",
    amount="€ 450",
    days_over=9,
    tier="Zilver",
    contacts=6,
    year="2024",
    code="WELKOM20",
    percent=20,
    code_until="3 mei 2026",
    friend_discount="€ 50",
    flags=("is al klant",),
)
MARKETING = ("exit_call", "channel_change", "win_back_call")


def words_of(script: Script) -> str:
    """All that is read aloud or read."""
    return " ".join(
        " ".join(part if isinstance(part, str) else " ".join(part) for part in each)
        if isinstance(each, tuple)
        else each
        for each in script
    )


@pytest.mark.parametrize("kind", KIND_WORDS)
def test_every_kind_has_its_script(kind: str) -> None:
    """Why, and either a call with an opening and three questions or work with what to do; and what not to say."""
    script = script_of(kind, "phone", ABOUT)
    assert script.title
    assert script.why
    assert script.avoid
    assert script.do or (script.opening and len(script.questions) == 3)
    assert "None" not in words_of(script)
    assert not re.search(r"\{|\}", words_of(script))
    bare = script_of(kind, "phone", TaskFacts(firm="F", phone="1", person="P"))
    assert "None" not in words_of(bare)


def test_there_are_no_kinds_beside_those_with_words() -> None:
    """A script of no kind, or a kind without a script, would fail on the desk."""
    assert set(SCRIPTS) == set(KIND_WORDS)
    assert set(LETTERS) == set(MARKETING)


@pytest.mark.parametrize("kind", MARKETING)
def test_a_marketing_call_names_the_firm_and_the_number_and_can_be_refused(kind: str) -> None:
    """Anonymous calling is not allowed, and whoever is called may refuse further calls."""
    script = script_of(kind, "phone", ABOUT)
    assert "Anke Wiersma van Bureau Broersma, 058 123 45 67." in script.opening
    assert script.closing == REFUSE_CALLS
    assert "nooit anoniem" in words_of(script)


@pytest.mark.parametrize("kind", MARKETING)
def test_a_letter_greets_signs_and_can_be_refused(kind: str) -> None:
    """A whole text, without a question to call with."""
    script = script_of(kind, "letter", ABOUT)
    assert script.letter[0] == "Beste Anna de Vries,"
    assert script.letter[-2:] == ("Anke Wiersma", "Wilt u geen post meer van ons? Bel 058 123 45 67.")
    assert not script.questions
    assert not script.opening


@pytest.mark.parametrize("kind", sorted(set(KIND_WORDS) - set(MARKETING) - {"lead"}))
def test_service_sells_nothing(kind: str) -> None:
    """No code and no percentage in a script of service; only somebody who asked for us hears of the discount."""
    said = words_of(script_of(kind, "phone", ABOUT)._replace(avoid=""))
    assert "WELKOM20" not in said
    assert "%" not in said
    assert "korting" not in said.lower()


def test_a_win_back_call_names_a_code_only_when_a_mail_gave_one() -> None:
    """Without the mail there is no code to name, by phone or by post."""
    without = TaskFacts(firm="F", phone="1", person="P", year="2024")
    for channel in ("phone", "letter"):
        assert "WELKOM20" in words_of(script_of("win_back_call", channel, ABOUT))
        assert "%" not in words_of(script_of("win_back_call", channel, without))


@pytest.mark.parametrize("answer", ["vragen", "geweigerd", "vraag", "iets anders"])
def test_each_answer_that_asks_for_contact_has_its_own_opening(answer: str) -> None:
    """What the client chose is what the call is about; a choice that no longer exists still has a script."""
    openings = {
        each: script_of("contact_asked", "phone", TaskFacts(firm="F", phone="1", person="P", answer=each)).opening
        for each in ("vragen", "geweigerd", "vraag", "iets anders")
    }
    assert len(set(openings.values())) == 4
    assert openings[answer].startswith("“")


def test_a_complaint_without_a_score_is_not_asked_about_a_score() -> None:
    """Somebody who called to complain gave no figure."""
    script = script_of("case_call", "phone", TaskFacts(firm="F", phone="1", person="P", happened_on="3 maart 2026"))
    assert "cijfer" not in script.opening + script.questions[0]
    assert "meldde op 3 maart 2026 een klacht" in script.why


@pytest.mark.parametrize("kind", ["case_solution", "case_fix", "case_check_in", "case_follow_up"])
def test_a_script_speaks_only_of_what_there_was(kind: str) -> None:
    """An agreement where there was one, a talk where there was one, and neither for whom nobody reached."""
    said = {
        settled: words_of(script_of(kind, "phone", replace(ABOUT, settled=settled)))
        for settled in (Settled.AGREED, Settled.TALKED, Settled.NOTHING)
    }
    agreement = re.compile(r"Wat wij afspraken|Wij hadden afgesproken|ging akkoord")
    talk = re.compile(r"ons gesprek|elkaar gesproken|is gebeld")
    assert bool(agreement.search(said[Settled.AGREED])) == (kind in ("case_fix", "case_check_in"))
    assert not agreement.search(said[Settled.TALKED] + said[Settled.NOTHING])
    assert bool(talk.search(said[Settled.TALKED])) == (kind in ("case_solution", "case_check_in"))
    assert not talk.search(said[Settled.NOTHING])


def test_a_six_alone_is_said_to_be_enough_to_many() -> None:
    """The caller of a lower score needs no excuse for it."""
    told = {score: script_of("case_call", "phone", replace(ABOUT, score=score)).why for score in range(7)}
    assert [score for score, why in told.items() if "voldoende" in why] == [6]
    assert "een 0 voor uw dakkapel." in told[0]


@pytest.mark.parametrize("kind", ["case_check_in", "case_follow_up"])
def test_who_calls_after_a_no_is_named_rightly(kind: str) -> None:
    """Somebody else, or the caller again: nobody says "niet van mij" of himself."""
    assert "Bas Hoekstra, niet van mij" in script_of(kind, "phone", ABOUT).closing
    again = script_of(kind, "phone", replace(ABOUT, person="Bas Hoekstra"))
    assert "niet van mij" not in again.closing
    assert "Ik bel u opnieuw" in again.closing
    assert "bel de klant zelf opnieuw" in again.offer
