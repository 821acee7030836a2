"""/u/{token}: opening changes nothing, any POST unsubscribes, once and for good."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models import tables
from models.database.engine import writing
from programme.words.tokens import LinkPurpose, message_token
from tests.conftest import once_on_postgres
from tests.web.conftest import KEY, TODAY, Served

ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = (
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    {"content-type": "multipart/form-data; boundary=x"},
)
URLENCODED = (ONE_CLICK, {"content-type": "application/x-www-form-urlencoded"})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_page_changes_nothing(served: Served, method: str) -> None:
    """Scanners and previews fetch every link; nobody is unsubscribed by that."""
    before = served.state()
    answer = served.client.request(method, served.unsubscribe_link())

    assert answer.status_code == 200
    assert served.state() == before


@once_on_postgres("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_do_nothing(served: Served, method: str) -> None:
    """Only GET, HEAD and POST are served."""
    before = served.state()

    assert served.client.request(method, served.unsubscribe_link()).status_code == 405
    assert served.state() == before


@pytest.mark.parametrize(
    ("body", "headers", "source"),
    [("", {}, "page"), (*URLENCODED, "one_click"), (*MULTIPART, "one_click"), ("\x00" * 99, {}, "page")],
    ids=["button", "urlencoded", "multipart", "nonsense"],
)
def test_a_post_unsubscribes(served: Served, body: str, headers: dict[str, str], source: str) -> None:
    """The button and RFC 8058's one-click, in both encodings, without cookie, login or redirect."""
    answer = served.client.post(served.unsubscribe_link(), content=body, headers=headers)

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    suppressed = served.rows(tables.suppressions)
    assert [(row["email"], row["reason"], row["since"]) for row in suppressed] == [
        ("jan@example.nl", "unsubscribe", TODAY)
    ]
    history = served.rows(tables.consent_history)
    assert [(row["change"], row["source"], row["message_id"]) for row in history] == [
        ("suppressed", source, served.message_id("seasonal"))
    ]


def test_twice_is_as_once(served: Served) -> None:
    """A repeated POST, also days later, is thanked for and changes nothing; the first day stays."""
    served.client.post(served.unsubscribe_link(), content=ONE_CLICK)
    before = served.state()
    served.later(days=3)

    assert served.client.post(served.unsubscribe_link("check_in")).status_code == 200
    assert served.state() == before
    assert "al afgemeld" in served.client.get(served.unsubscribe_link()).text


def test_at_once_is_as_once(served: Served) -> None:
    """A double click, and the mail program's own post beside it: all are thanked, and the history has it once."""
    links = [served.unsubscribe_link(name) for name in ("seasonal", "check_in")] * 4
    with ThreadPoolExecutor(len(links)) as pool:
        answers = list(pool.map(lambda link: served.client.post(link, content=ONE_CLICK), links))

    assert {answer.status_code for answer in answers} == {200}
    assert len(served.rows(tables.suppressions)) == len(served.rows(tables.consent_history)) == 1


def test_a_long_body_does_not_matter(served: Served) -> None:
    """However long the body, the person is unsubscribed."""
    assert served.client.post(served.unsubscribe_link(), content="x" * 1_000_000).status_code == 200
    assert len(served.rows(tables.suppressions)) == 1


@pytest.mark.parametrize("reason", ["bounce", "invalid", "manual"])
def test_who_bounced_can_still_opt_out(served: Served, reason: str) -> None:
    """Of the address the rest ends with it; only his own word follows him to the next (rule 2)."""
    with writing(served.engine) as connection:
        row = {"email": "jan@example.nl", "reason": reason, "since": TODAY}
        connection.execute(tables.suppressions.insert().values(row))
    link = served.unsubscribe_link()
    assert "<form" in served.client.get(link).text
    assert "U bent afgemeld" not in served.client.get(link.replace("/u/", "/voorkeuren/")).text
    served.client.post(link, data={"afmelden": "ja"})
    assert [row["reason"] for row in served.rows(tables.suppressions)] == ["unsubscribe"]
    assert "<form" not in served.client.get(link).text


def test_after_a_lift_the_same_link_works_again(served: Served) -> None:
    """Whoever was put back on the list by hand can still leave with an old mail."""
    from tasks.inbound.suppressions import lift_suppression

    served.client.post(served.unsubscribe_link())
    lift_suppression(served.engine, "Jan@example.nl ", "Anna", "mail of 21 March", served.now[0] + timedelta(hours=1))
    assert served.rows(tables.suppressions) == []
    served.later(days=2)
    served.client.post(served.unsubscribe_link())

    assert served.rows(tables.suppressions)[0]["since"] == TODAY + timedelta(days=2)


def bad_links(served: Served) -> list[str]:
    good = served.unsubscribe_link()
    other_key = message_token(b"another key", LinkPurpose.UNSUBSCRIBE, served.message_id("seasonal"))
    unknown = message_token(KEY.encode(), LinkPurpose.UNSUBSCRIBE, "ab" * 16)
    return [
        good[:-1],
        good + "A",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        f"/u/{other_key}",
        f"/u/{unknown}",
        "/u/" + served.answer_link("permit_check").removeprefix("/a/"),
        "/u/%00",
        "/u/é",
        "/u/" + "A" * 5000,
    ]


def test_every_bad_link_gets_the_same_friendly_page(served: Served) -> None:
    """Wrong, cut off, for another purpose, of another key or of no message: one page, 404, and nothing happens."""
    before = served.state()
    answers = [served.client.request(method, link) for link in bad_links(served) for method in ("GET", "POST")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "Deze link werkt niet" in answers[0].text
    assert served.state() == before


def test_a_link_of_an_old_key_still_works(served: Served, serve: Callable[..., Served]) -> None:
    """Unsubscribe links never expire: keys named in BOUWCLUB_OLD_SECRET_KEYS stay accepted."""
    old = "an-old-key"
    token = message_token(old.encode(), LinkPurpose.UNSUBSCRIBE, served.message_id("seasonal"))
    changed = serve(served.engine, old_secret_keys=f"older,{old}")

    assert changed.client.post(f"/u/{token}").status_code == 200
    assert len(served.rows(tables.suppressions)) == 1
