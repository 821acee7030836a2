"""Giving an account: a mailed link that works once and for half an hour, and whose account nobody else can change."""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

import programme as rooms
from models import tables
from models.database.engine import reading, writing
from tasks.mail.render import Renderer
from tasks.money.payees import read_payees
from tasks.referrals.own_page import iban_mails
from tests.conftest import ON_SQLITE
from tests.web.public.club import BROWSER, NOW, Club
from web.public import mailing

IBAN, HOLDER = "NL91 abna 0417 1643 00", "W. Zijlstra"
ROOM = '''
"""Kinds of mail for the tests of the page."""

from programme.terms.kinds import MailKind
from programme.words.states import Purpose, Reason, SuppressionReason

ASKED = frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED})
STOPPED = frozenset({SuppressionReason.BOUNCE, SuppressionReason.INVALID})
MAILS = (
    MailKind("trial_link", "Link", Purpose.SERVICE, "trial", template="trial", rules=ASKED, stopped_by=STOPPED,
             is_one_a_day=False, fields=frozenset({"link_url", "until_time"})),
    MailKind("trial_changed", "Gewijzigd", Purpose.SERVICE, "trial", template="trial_two", rules=ASKED,
             stopped_by=STOPPED, is_one_a_day=False, fields=frozenset({"iban", "holder", "changed_on"})),
)
'''
MAIL = """{% extends frame %}
{% block subject %}Uw rekening{% endblock %}

{% block preheader %}Uw rekening{% endblock %}

{% block heading %}Uw rekening{% endblock %}

{% block body %}
WORDS
{% endblock %}
"""


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two mails of a folder of one's own, beside the templates that come with bouwclub."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "mail").mkdir()
    for name, words in (
        ("trial", "{{ f.link_url }} tot {{ f.until_time }}"),
        ("trial_two", "{{ f.iban }} {{ f.holder }}"),
    ):
        (folder / f"mail/{name}.jinja").write_text(MAIL.replace("WORDS", words))
    return folder


@pytest.fixture(autouse=True)
def kinds(tmp_path: Path, templates: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kinds of mail that need nobody's templates, so that this proves what the pages do."""
    room = tmp_path / "rooms" / "trial"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text('"""A room of its own."""')
    (room / "mails.py").write_text(ROOM)
    monkeypatch.setattr(rooms, "__path__", [*rooms.__path__, str(tmp_path / "rooms")])
    monkeypatch.setattr(iban_mails, "LINK", "trial_link")
    monkeypatch.setattr(iban_mails, "CHANGED", "trial_changed")
    monkeypatch.setattr(
        mailing, "renderer_of", lambda ours: Renderer(ours.programme, ours.settings.base_url, own=templates)
    )
    yield
    for name in ("programme.trial", "programme.trial.mails"):
        sys.modules.pop(name, None)


@pytest.fixture
def code(club: Club) -> str:
    return club.add_client("C1")


def ask(club: Club, code: str) -> str:
    """Press the button; what the page then says is returned."""
    answer = club.client.post(club.own_page(code), data={"doen": "rekening"})
    assert answer.status_code == 303
    return club.client.get(answer.headers["location"]).text


def mails(tmp_path: Path) -> list[str]:
    """The texts in the outbox, in order of their making."""
    files = sorted((tmp_path / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    parsed = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [mail.get_body(("plain",)).get_content() for mail in parsed]


def link_in(text: str) -> str:
    found = re.search(r"https://mail\.example\.nl(/mijn/rekening/\S+)", text)
    assert found, text
    return found[1]


@pytest.fixture
def link(club: Club, code: str, tmp_path: Path) -> str:
    ask(club, code)
    return link_in(mails(tmp_path)[-1])


def give(club: Club, link: str, iban: str = IBAN, holder: str = HOLDER):
    return club.client.post(link, data={"iban": iban, "houder": holder})


def test_the_whole_way(club: Club, code: str, link: str, tmp_path: Path) -> None:
    """Asked, mailed at once to the client's own address, opened, given, kept with time and source, told by mail."""
    page = club.client.get(link)
    assert page.status_code == 200
    assert "Rekeningnummer (IBAN)" in page.text
    club.later(minutes=29)
    answer = give(club, link)
    assert answer.status_code == 303
    saved = club.client.get(answer.headers["location"]).text
    assert "Opgeslagen" in saved
    assert "U krijgt een mail ter bevestiging" in saved

    (change,) = club.rows(tables.iban_changes)
    assert (change["client_id"], change["iban"], change["holder"]) == ("C1", "NL91ABNA0417164300", HOLDER)
    assert change["source"] == "page"
    assert change["changed_at"].replace(tzinfo=None) == club.now[0].replace(tzinfo=None)
    with reading(club.engine) as connection:
        payee = read_payees(connection, ["C1"])["C1"]
    assert (payee.iban, payee.holder) == ("NL91ABNA0417164300", HOLDER)
    assert "NL•• ABNA •••• •• 4300" in club.client.get(club.own_page(code)).text
    assert [row["touchpoint"] for row in club.rows(tables.messages)] == ["trial_link", "trial_changed"]
    told = mails(tmp_path)[-1]
    assert "NL•• ABNA •••• •• 4300" in told
    assert "0417164300" not in told
    assert "tot 11.30" in mails(tmp_path)[0]


def test_it_works_once(club: Club, link: str) -> None:
    """A post of another account and a reload change nothing and are told that the link is over."""
    give(club, link)
    before = club.state()
    again = give(club, link, "BE68 5390 0754 7034")

    assert again.status_code == 410
    assert "Deze link is verlopen" in again.text
    assert club.client.get(link).status_code == 410
    assert club.state() == before


def test_two_posts_at_once_change_it_once(club: Club, link: str) -> None:
    """On both databases one account wins; its double click is told so as well, and the mail goes once."""
    with ThreadPoolExecutor(6) as pool:
        posts = [pool.submit(give, club, link, iban) for iban in (IBAN, "BE68 5390 0754 7034") * 3]
        statuses = [post.result().status_code for post in posts]

    (change,) = club.rows(tables.iban_changes)
    assert statuses == [303, 410] * 3 if change["iban"].startswith("NL") else [410, 303] * 3
    assert [row["touchpoint"] for row in club.rows(tables.messages)] == ["trial_link", "trial_changed"]


def test_a_change_that_cannot_be_told_is_none(club: Club, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that goes away between the account and its mail leaves neither, and a link that still works."""
    with monkeypatch.context() as away:
        away.setattr(iban_mails, "enqueue_direct", _cut)
        assert give(club, link).status_code == 503
    assert club.rows(tables.iban_changes) == []

    assert give(club, link).status_code == 303
    assert [row["touchpoint"] for row in club.rows(tables.messages)] == ["trial_link", "trial_changed"]


def _cut(*_: object) -> None:
    raise OperationalError("INSERT", {}, Exception("terminating connection"))


def test_after_half_an_hour_it_is_over(club: Club, link: str) -> None:
    """At the minute; opening and posting alike, and nothing changed."""
    club.later(minutes=30)

    assert club.client.get(link).status_code == 410
    assert give(club, link).status_code == 410
    assert club.rows(tables.iban_changes) == []


@ON_SQLITE
def test_opening_it_uses_nothing_up(club: Club, link: str) -> None:
    """A scanner of mail may open it any number of times, and a fault may be mended."""
    for method in ("GET", "HEAD", "GET"):
        assert club.client.request(method, link).status_code == 200
    assert give(club, link, "NL91 ABNA 0417 1643 01").status_code == 422
    assert give(club, link).status_code == 303


@pytest.mark.parametrize(
    ("iban", "holder", "field", "says"),
    [
        ("", HOLDER, "iban", "Dit rekeningnummer klopt niet"),
        ("NL91 ABNA 0417 1643 01", HOLDER, "iban", "Dit rekeningnummer klopt niet"),
        ("NL91 ABNA 0417 1643 0", HOLDER, "iban", "Dit rekeningnummer klopt niet"),
        ("0417164300", HOLDER, "iban", "Dit rekeningnummer klopt niet"),
        ("NL٩١ABNA0417164300", HOLDER, "iban", "Dit rekeningnummer klopt niet"),
        ("<script>", HOLDER, "iban", "Dit rekeningnummer klopt niet"),
        ("TR33 0006 1005 1978 6457 8413 26", HOLDER, "iban", "in het Europese betaalgebied (SEPA)"),
        (IBAN, "", "houder", "Vul de naam van de rekeninghouder in"),
        (IBAN, "\u200b💶 !", "houder", "Vul de naam van de rekeninghouder in"),
    ],
)
@ON_SQLITE
def test_an_account_is_checked(club: Club, link: str, iban: str, holder: str, field: str, says: str) -> None:
    """The fault stands at its field, what was written stays, nothing is kept and the link stays good."""
    before = club.state()
    answer = give(club, link, iban, holder)

    assert answer.status_code == 422
    assert says in answer.text
    assert f'id="{field}-fout"' in answer.text
    assert "<script>" not in answer.text
    assert club.state() == before


@ON_SQLITE
def test_a_hostile_holder_is_a_name(club: Club, code: str, link: str) -> None:
    """Markup, formulas and lines in the name are text, in the table and in the mail."""
    assert give(club, link, IBAN, "=1+1 <b>W. Zijlstra</b>\r\nBcc: x@y.nl" + "z" * 200).status_code == 303
    (change,) = club.rows(tables.iban_changes)

    assert len(change["holder"]) <= 70
    assert "\n" not in change["holder"]


@pytest.mark.slow
def test_three_links_a_day(club: Club, code: str, tmp_path: Path) -> None:
    """The fourth is not mailed; each of the three works; the next day there are three more."""
    says = [ask(club, code) for _ in range(4) if not club.later(minutes=1)]
    assert ["Wij mailen u een link, naar het adres" in page for page in says] == [True, True, True, False]
    assert "al een paar keer een link" in says[3]
    assert len(mails(tmp_path)) == len(club.rows(tables.iban_links)) == 3
    assert len({link_in(text) for text in mails(tmp_path)}) == 3

    club.later(days=1)
    assert "Wij mailen u een link, naar het adres" in ask(club, code)


def test_three_at_once_of_many(club: Club, code: str, tmp_path: Path) -> None:
    """However many press at one moment, three are mailed, on both databases."""
    ask(club, code)
    with ThreadPoolExecutor(5) as pool:
        posts = [pool.submit(club.client.post, club.own_page(code), data={"doen": "rekening"}) for _ in range(5)]
        answers = [post.result().headers["location"].partition("=")[2] for post in posts]

    assert len(club.rows(tables.iban_links)) == 1 + answers.count("gemaild") <= 3


@pytest.mark.parametrize(
    ("address", "reason", "is_mailed"),
    [("", None, False), ("c2@voorbeeld.nl", "bounce", False), ("c2@voorbeeld.nl", "unsubscribe", True)],
)
@ON_SQLITE
def test_who_cannot_be_mailed_is_asked_to_call(
    club: Club, address: str, reason: str | None, is_mailed: bool, tmp_path: Path
) -> None:
    """Without an address, or with one that bounced, no link is made; who unsubscribed asked for this one himself."""
    code = club.add_client("C2", email=address or None, recipient=address)
    if reason:
        with writing(club.engine) as connection:
            row = {"email": address, "reason": reason, "since": date(2026, 1, 1)}
            connection.execute(insert(tables.suppressions).values(row))

    assert ("Wij kunnen u geen mail sturen" in ask(club, code)) != is_mailed
    assert len(club.rows(tables.iban_links)) == len(mails(tmp_path)) == is_mailed


@ON_SQLITE
def test_a_link_is_not_kept_and_cannot_be_made_up(club: Club, link: str) -> None:
    """The table of links holds a hash; the hash, a cut token and another client's are nobody's, 404."""
    token = link.rpartition("/")[2]
    (row,) = club.rows(tables.iban_links)
    assert token not in str(row)
    for text in (row["token_hash"], token[:-1], token + "A", "x", "%00"):
        assert club.client.get(f"/mijn/rekening/{text}").status_code == 404
        assert give(club, f"/mijn/rekening/{text}").status_code == 404
    assert club.rows(tables.iban_changes) == []


def test_a_returned_account_is_good_again_when_it_is_given_anew(club: Club, code: str, link: str) -> None:
    """Until then the page asks for it."""
    iban = "NL91ABNA0417164300"
    with writing(club.engine) as connection:
        connection.execute(tables.clients.update().values(iban=iban, iban_holder=HOLDER))
        back = {"client_id": "C1", "iban": iban, "end_to_end_id": "S20260301-1-0001", "returned_at": NOW}
        connection.execute(insert(tables.returned_ibans).values(back))
    assert "Op deze rekening konden wij niet betalen" in club.client.get(club.own_page(code)).text

    give(club, link)
    assert "konden wij niet betalen" not in club.client.get(club.own_page(code)).text


@ON_SQLITE
@pytest.mark.parametrize(
    ("iban", "holder", "said"),
    [
        ("TR330006100519786457841326", HOLDER, "alleen betalen op een rekening in het Europese betaalgebied (SEPA)."),
        ("NL91ABNA0417164300", "", "Wij missen de naam die bij uw rekening hoort."),
        ("NL91ABNA0417164300", HOLDER, ""),
    ],
)
def test_the_page_says_what_its_account_lacks(club: Club, code: str, iban: str, holder: str, said: str) -> None:
    """Whom a settlement leaves out for it, and mails about it, reads why where the mail leads him."""
    with writing(club.engine) as connection:
        connection.execute(tables.clients.update().values(iban=iban, iban_holder=holder or None))
    page = club.client.get(club.own_page(code)).text
    assert said in page
    assert ("Wij missen de naam" in page, "SEPA" in page) == ("naam" in said, "SEPA" in said)


@ON_SQLITE
def test_the_page_behind_the_link_shows_no_account(club: Club, code: str, link: str) -> None:
    """Whoever got hold of the mail sees neither the account that we have nor whose it is."""
    with writing(club.engine) as connection:
        connection.execute(tables.clients.update().values(iban="NL91ABNA0417164300", iban_holder="Geheim"))
    before = club.rows(tables.page_visits)
    page = club.client.get(link, headers=BROWSER).text

    assert not any(text in page for text in ("4300", "Geheim", "Zijlstra", "c1@"))
    assert club.rows(tables.page_visits) == before


@ON_SQLITE
def test_no_mail_is_promised_that_does_not_come(club: Club, link: str) -> None:
    """Who has left our mail meanwhile has the account saved, and is not told of a confirmation."""
    with writing(club.engine) as connection:
        row = {"email": "c1@voorbeeld.nl", "reason": "bounce", "since": date(2026, 1, 1)}
        connection.execute(insert(tables.suppressions).values(row))
    answer = give(club, link)

    assert answer.status_code == 303
    saved = club.client.get(answer.headers["location"]).text
    assert "Opgeslagen" in saved
    assert "ter bevestiging" not in saved


def test_an_erased_client_gets_no_page(club: Club, link: str) -> None:
    with writing(club.engine) as connection:
        connection.execute(tables.clients.update().values(erased_on=NOW.date() - timedelta(days=1)))

    assert club.client.get(link).status_code == 404
    assert give(club, link).status_code == 404
