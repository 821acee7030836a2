"""Names in the bank's characters."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from programme.money.bank.texts import LONGEST_NAME, to_bank_text

ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Élise van 't Hof", "Elise van 't Hof"),
        ("P. & M. Dijkstra", "P. + M. Dijkstra"),
        ("Fa. De Boer_Bouw; Zn.", "Fa. De Boer-Bouw, Zn."),
        ("Sjoukje d’Hondt–Žižek", "Sjoukje d'Hondt-Zizek"),
        ("Strauß Øre ĳsbrand", "Strauss Ore ijsbrand"),
        ("Γιώργος Παπάς", "Giorgos Papas"),
        ("Иван Петров", "Ivan Petrov"),
        ("Jan\u200d\u202ePiet\x00", "JanPiet"),
        ("Jan\r\n\tPiet", "Jan Piet"),
        ("Jan 🏠 Piet", "Jan Piet"),
        ("//a // b///c/", "a / b/c"),
        (" : - Bouw", "Bouw"),
        ("<script>&amp;</script>", "script +amp, /script"),
        ("e\u0301", "e"),
    ],
)
def test_a_name_keeps_what_the_bank_can_compare(name: str, written: str) -> None:
    """Letters become Latin ones, near signs stand for others, what is left over goes."""
    assert to_bank_text(name) == written


@pytest.mark.parametrize("name", ["", "  ", "☃", "🏠🏠", "!!!", "...", "//", "\x00", "\u200d", "-", "«»"])
def test_a_name_without_letters_or_digits_is_none(name: str) -> None:
    """A payment to "..." is none: no bank could compare it."""
    assert to_bank_text(name) == ""


def test_a_name_is_cut_where_the_bank_cuts_it() -> None:
    """70 characters, also when a letter becomes several, and no space at the end."""
    assert to_bank_text("ß" * 60) == "s" * LONGEST_NAME
    assert to_bank_text("a" * 69 + " bc") == "a" * 69


@given(st.text() | st.text(st.sampled_from("/ -:&ß☃Щaé\u0301")), st.integers(1, 150))
@example("0/" * 80, 70)
def test_any_text_ends_in_the_bank_s_set(text: str, longest: int) -> None:
    """Only allowed characters, within the length, nothing a reference may not have; doing it again changes nothing."""
    written = to_bank_text(text, longest)
    assert set(written) <= ALLOWED
    assert len(written) <= longest
    assert "//" not in written
    assert written == written.strip(" /")
    assert to_bank_text(written, longest) == written
