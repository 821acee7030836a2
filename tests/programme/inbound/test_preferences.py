"""The preference page: what stands, what a form says, and what that changes (preferences.md)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.facts.preferences import ANYTHING, OFF, ON
from programme.inbound.preferences import (
    NO_PAUSE,
    Choosing,
    Present,
    choice_words,
    present_of,
    read_choices,
    topics_of,
)
from programme.terms.trade import TradeTerms
from programme.words.states import Channel, PreferenceName, Topic

TRADE = TradeTerms()
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
UNTOUCHED = Present(frozenset(), None, False, "email", False, False)
EVERYTHING = {str(topic): "ja" for topic in Topic}


@pytest.mark.parametrize(
    ("chosen", "records", "channel"),
    [
        (None, {"phone"}, "phone"),
        (None, set(), "email"),
        (None, {"phone", "post"}, "email"),
        ("post", {"phone"}, "post"),
    ],
)
def test_the_channel_is_what_was_chosen_or_what_all_records_say(
    chosen: str | None, records: set[str], channel: str
) -> None:
    """Where they say different things it is mail."""
    assert present_of(ANYTHING._replace(channel=chosen), records, set(), set(), TODAY).channel == channel


@pytest.mark.parametrize(
    ("calls", "may_call"), [({True}, True), ({False}, False), ({True, False}, False), (set(), False)]
)
def test_calls_need_a_yes_and_no_no(calls: set[bool], may_call: bool) -> None:
    """One record that says no is enough; silence is no consent."""
    assert present_of(ANYTHING, set(), calls, set(), TODAY).may_call is may_call


def test_a_pause_ends_on_its_day() -> None:
    """The first day without it shows none."""
    for until, shown in ((TODAY + DAY, TODAY + DAY), (TODAY, None), (TODAY - DAY, None), (None, None)):
        assert present_of(ANYTHING._replace(paused_until=until), set(), set(), set(), TODAY).paused_until == shown


@pytest.mark.parametrize(
    ("built_on", "delivered", "is_built"),
    [
        (None, set(), False),
        (TODAY, set(), True),
        (TODAY - 9 * DAY, {TODAY - 9 * DAY}, True),
        (TODAY - 9 * DAY, {TODAY - 8 * DAY}, False),
        (TODAY - 9 * DAY, {TODAY}, False),
        (TODAY - 9 * DAY, {TODAY + DAY, TODAY - 20 * DAY}, True),
    ],
)
def test_built_is_said_of_what_was_delivered_by_then(
    built_on: date | None, delivered: set[date], is_built: bool
) -> None:
    """What was delivered since is built anew; what will be is not known yet."""
    assert present_of(ANYTHING._replace(built_on=built_on), set(), set(), delivered, TODAY).is_built is is_built


def said(fields: dict[str, str]) -> dict[str, str]:
    return {one.name: one.value for one in read_choices(TRADE, fields)}


def test_a_box_that_is_not_ticked_says_no() -> None:
    """Each topic, less often, calls and built; of pause and channel only what the page offers says anything."""
    empty = said({})
    assert empty == dict.fromkeys([*(f"topic:{topic}" for topic in Topic), "less_often", "phone_consent", "built"], OFF)
    ticked = EVERYTHING | {"minder": "ja", "bellen": "ja", "klaar": "ja", "pauze": "3", "kanaal": "phone"}
    assert said(ticked) == dict.fromkeys(empty, ON) | {"pause": "3", "channel": "phone"}
    assert said({"pauze": "12", "kanaal": "duif", "ideas": "nee"}) == empty


def test_each_choice_keeps_its_words() -> None:
    """Those that stood beside it, as the history of consent keeps them."""
    words = {one.name: one.wording for one in read_choices(TRADE, {"pauze": "1", "kanaal": "post"})}
    assert words["topic:events"] == "Bijeenkomsten: Uitnodigingen."
    assert (words["pause"], words["channel"]) == ("Een pauze van 1 maand", "Stuur post")
    assert len(words) == len(set(words.values())) == len(topics_of(TRADE)) + 5


stands = st.builds(
    Present,
    unwanted=st.frozensets(st.sampled_from([str(topic) for topic in Topic])),
    paused_until=st.sampled_from([None, date(2026, 6, 2)]),
    is_less_often=st.booleans(),
    channel=st.sampled_from([str(channel) for channel in Channel]),
    may_call=st.booleans(),
    is_built=st.booleans(),
)


def fields_of(present: Present) -> dict[str, str]:
    """The form as the page shows it, without a pause."""
    ticked = {"minder": present.is_less_often, "bellen": present.may_call, "klaar": present.is_built}
    ticked |= {str(topic): topic not in present.unwanted for topic in Topic}
    return {name: "ja" for name, is_on in ticked.items() if is_on} | {"kanaal": present.channel}


@given(stands, stands)
def test_what_a_form_says_is_what_stands_after_it(before: Present, wanted: Present) -> None:
    """And saying it once more changes nothing; the pause, of which it says nothing, stays."""
    choices = read_choices(TRADE, fields_of(wanted))
    after = before.after(choices, TODAY)
    assert after == wanted._replace(paused_until=before.paused_until)
    assert after.news(choices) == []
    changed = {one.name for one in before.news(choices)}
    assert (not changed) is (after == before)
    assert before.after(tuple(before.news(choices)), TODAY) == after


@pytest.mark.parametrize(
    ("months", "until"), [("1", date(2026, 4, 2)), ("3", date(2026, 6, 2)), ("6", date(2026, 9, 2))]
)
def test_a_pause_begins_on_the_day_that_it_is_chosen(months: str, until: date) -> None:
    """Also when one stands already; to end what does not stand changes nothing."""
    paused = UNTOUCHED._replace(paused_until=date(2026, 4, 1))
    pause, none = Choosing(PreferenceName.PAUSE, months, ""), Choosing(PreferenceName.PAUSE, NO_PAUSE, "")
    for before in (UNTOUCHED, paused):
        assert before.after((pause,), TODAY).paused_until == until
        assert before.news((pause,)) == [pause]
    assert paused.after((none,), TODAY).paused_until is None
    assert paused.news((none,)) == [none]
    assert UNTOUCHED.news((none,)) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("topic:ideas", ON, "Wil weer mail over: Ideeën en nieuws"),
        ("topic:ideas", OFF, "Wil geen mail over: Ideeën en nieuws"),
        ("pause", "0", "Beëindigde de pauze"),
        ("pause", "6", "Vroeg: een pauze van 6 maanden"),
        ("less_often", ON, "Wil minder vaak mail"),
        ("less_often", OFF, "Wil weer zo vaak mail als eerst"),
        ("channel", "phone", "Koos: bel mij liever"),
        ("phone_consent", ON, "Mag gebeld worden voor reclame"),
        ("phone_consent", OFF, "Wil niet gebeld worden voor reclame"),
        ("built", ON, "De verbouwing is klaar"),
        ("built", OFF, "De verbouwing is toch niet klaar"),
    ],
)
def test_a_choice_as_a_colleague_reads_it(name: str, value: str, words: str) -> None:
    assert choice_words(TRADE, name, value) == words
