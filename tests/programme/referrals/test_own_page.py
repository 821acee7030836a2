"""What a client's own page tells of what happened, and the message with which the link is shared."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from programme.referrals.happenings import Happened, Happening, latest
from programme.referrals.sharing import sharing_of
from tests.factories import shipped_programme

DAY = date(2026, 3, 2)


def test_the_ten_latest_stand_first() -> None:
    """Of one day what came last first, and in one order however they come in."""
    days = [Happening(DAY - timedelta(days=number), Happened.SIGNED_UP) for number in range(1, 12)]
    of_the_day = [
        Happening(DAY, Happened.RETURNED, -10_000),
        Happening(DAY, Happened.PAID, 10_000),
        Happening(DAY, Happened.QUALIFIED, 15_000),
        Happening(DAY, Happened.QUALIFIED, 10_000),
        Happening(DAY, Happened.QUALIFIED),
        Happening(DAY, Happened.SIGNED_UP),
    ]
    assert latest([*reversed(days), *reversed(of_the_day)]) == [*of_the_day, *days[:4]]
    assert latest([]) == []


@pytest.mark.parametrize("word", ["beloning", "commissie", ""])
def test_the_message_says_what_the_client_gets(word: str) -> None:
    """In both ways of sending it, with the link; who gets nothing does not say that he does."""
    found = sharing_of(shipped_programme(), "https://b.example", "ABCD2345", word)
    assert found.link == "https://b.example/ref/ABCD2345"
    (told,) = parse_qs(urlsplit(found.whatsapp).query)["text"]
    (body,) = parse_qs(urlsplit(found.mail).query)["body"]
    assert body == told.replace("\n", "\r\n")
    assert told.partition("\n")[2].startswith(found.link)
    assert ("Ik krijg dan" in told) is bool(word)
    assert told.endswith(f"(Ik krijg dan een {word}.)" if word else found.link)
    assert "€ 50 korting" in told.replace("\u00a0", " ")
