"""The words of a firm of another trade, wherever a sentence of ours holds one."""

import pytest
from pydantic import ValidationError

from programme.facts.preferences import OFF, ON
from programme.inbound.preferences import built_words, choice_words, read_choices, topics_of
from programme.money.settling import remittance_of
from programme.referrals.sharing import sharing_of
from programme.terms.trade import TradeTerms
from programme.words.wording import family_text
from tasks.mail.templating.templates import Templates
from tests import factories
from web.desk.showing.words import roles

WORDS = {
    "engineer": "hovenier",
    "club": "Tuinvrienden & co",
    "asked_for": "voor mijn tuin",
    "work": "de tuin",
    "project_mails": "Vragen over uw tuin.",
}
TRADE = TradeTerms(**WORDS)


def test_what_a_client_reads_is_of_the_firm_s_trade() -> None:
    """On the preference page, in the message to a friend, on the bank's statement and under a mail."""
    assert built_words(TRADE) == "Mijn tuin is klaar."
    assert [one.label for one in topics_of(TRADE)][1] == "Tuinvrienden & co"
    assert "Over uw project: Vragen over uw tuin." in [one.wording for one in read_choices(TRADE, {})]
    assert remittance_of(TRADE.club, "reward", (), "S1") == "Tuinvrienden + co beloning S1"
    gardener = factories.programme(trade=WORDS)
    assert "gevraagd%20voor%20mijn%20tuin." in sharing_of(gardener, "https://b.example", "ABCD2345", "").whatsapp
    said = Templates(gardener).text_of(gardener.kinds["check_in"], {"signed_by": "engineer"}).text
    assert "hovenier, Bureau Broersma" in said


def test_what_a_colleague_reads_is_so_too() -> None:
    """The levels of tasks, what a client chose, and the family of the club's mails."""
    assert TRADE.levels["engineer"] == "hovenier"
    assert roles(factories.shipped_programme().people[0], TRADE) == "hovenier"
    assert choice_words(TRADE, "built", ON) == "De tuin is klaar"
    assert choice_words(TRADE, "built", OFF) == "De tuin is toch niet klaar"
    assert family_text("loyalty", TRADE.club) == "Tuinvrienden & co"


def test_the_work_may_be_a_het_word() -> None:
    """ "Mijn terras is klaar" as well as "mijn tuin"."""
    assert built_words(TradeTerms(work="het terras")) == "Mijn terras is klaar."


@pytest.mark.parametrize("words", [{"work": "tuin"}, {"club": "★"}])
def test_words_that_would_leave_a_gap_are_refused(words: dict[str, str]) -> None:
    """A page would say "Mijn is klaar.", and a bank's statement nothing before "beloning"."""
    with pytest.raises(ValidationError):
        TradeTerms(**words)
