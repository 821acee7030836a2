"""The page behind a shared link: what it says of whom, what a sign-up keeps, and what no sign-up is."""

import hmac
import re
import struct
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from models import tables
from models.database.engine import writing
from programme.care.tick import Tick
from programme.words.dates import day_in_amsterdam
from programme.words.tokens import CROCKFORD
from tasks.care.people.listing import read_tasks
from tasks.care.people.prompt import make_prompt_tasks
from tasks.care.people.scripts import read_script
from tasks.referrals.links.forgetting import forget_strangers
from tasks.referrals.links.leads import read_leads
from tests.conftest import ON_SQLITE
from tests.factories import shipped_programme
from tests.web.public.club import BROWSER, FRIEND, KEY, NOW, PHONE, Club

NO_PERSON = (
    "WhatsApp/2.24 A",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 HeadlessChrome/141.0",
    "Barracuda Sentinel (EE)",
    "",
)


@pytest.fixture
def code(club: Club) -> str:
    """The link of a client with one project at Kerkweg 14."""
    code = club.add_client("C1", phone="06-12345678")
    club.add_project("P1", "C1", date(2025, 1, 1), address="Kerkweg 14 bis", postcode="8921AB")
    return code


@ON_SQLITE
def test_a_link_pasted_in_a_messenger_shows_a_card(club: Club, code: str) -> None:
    """Title, words, an absolute address and a picture that is one, of the size that the page says."""
    page = club.client.get(f"/ref/{code}").text
    tags = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)"', page))

    assert tags["og:title"] == "€\xa050 korting op uw eerste project"
    assert tags["og:url"] == f"https://mail.example.nl/ref/{code}"
    assert "krijgt een beloning" in tags["og:description"]
    picture = club.client.get(tags["og:image"])
    assert picture.headers["content-type"] == "image/png"
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    size = struct.unpack(">II", picture.content[16:24])
    assert size == (int(tags["og:image:width"]), int(tags["og:image:height"]))


@ON_SQLITE
def test_a_browser_finds_the_icon_that_it_asks_for(club: Club) -> None:
    """Every browser asks for it; without one the firm's pages had a blank tab, and the log a 404 a visitor."""
    icon = club.client.get("/favicon.ico")

    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/png")
    assert struct.unpack(">II", icon.content[16:24]) == (32, 32)


@ON_SQLITE
def test_a_firm_shows_pictures_of_its_own(club: Club, tmp_path: Path) -> None:
    """From its folder of templates; ours is the section of a steel beam, which is no gardener's."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "card.png").write_bytes(b"own card")
    club.client.app.state.site.own_templates = tmp_path  # type: ignore[attr-defined]

    assert club.client.get("/ref/kaart.png").content == b"own card"
    assert club.client.get("/favicon.ico").content[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("who", "says", "says_not"),
    [
        ({}, "een klant van ons, die hiervoor een beloning krijgt", "Wietske"),
        ({"kind": "architect"}, "een klant van ons. Wij zeggen niet wie het is", "beloning"),
        ({"kind": "aannemer", "partner_since": date(2026, 3, 20)}, "krijgt dat bedrijf een commissie", "beloning"),
        ({"kind": "aannemer", "partner_since": date(2026, 3, 21)}, "die hiervoor een beloning krijgt", "commissie"),
        ({"kind": "architect", "partner_since": date(2026, 1, 1)}, "krijgt dat bedrijf een commissie", "beloning"),
    ],
)
@ON_SQLITE
def test_the_page_says_what_the_referrer_gets(club: Club, who: dict, says: str, says_not: str) -> None:
    """A reward, a commission or nothing, on the page and on the card; never who it is."""
    page = club.client.get(f"/ref/{club.add_client('C9', **who)}").text

    assert says in page
    assert says_not not in page
    assert "Zijlstra" not in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Wietske Zijlstra", "Wietske"), ("W. Zijlstra", ""), ("Fam. Zijlstra", ""), ("<b>Wil</b> Bos", "")],
)
@ON_SQLITE
def test_a_first_name_is_shown_to_whom_agreed(club: Club, name: str, shown: str) -> None:
    """The first name of who ticked the box, where it can be told; of others nothing."""
    code = club.add_client("C9", name)
    with writing(club.engine) as connection:
        chosen = {"client_id": "C9", "first_name_may_appear": True, "changed_at": NOW}
        connection.execute(insert(tables.page_choices).values(chosen))
    page = club.client.get(f"/ref/{code}").text

    assert (f"U komt via {shown}, een klant van ons" in page) == bool(shown)
    assert ("Wij zeggen niet wie het is" in page) != bool(shown)
    assert "Zijlstra" not in page
    assert "<b>" not in page


def test_a_sign_up_is_a_referral_of_that_day(club: Club, code: str) -> None:
    """Id and voucher follow from the key; name, address and the rest are kept; no mail is made."""
    more = {"telefoon": "06 87654321", "soort": "uitbouw", "postcode": "1234ab", "huisnummer": "7a"}
    answer = club.post(code, email=" Vera@Voorbeeld.NL ", bericht="Een uitbouw\r\n\r\nmet <dak>", **more)

    mac = hmac.digest(KEY.encode(), f"{code}\x1fvera@voorbeeld.nl".encode(), "sha256").hex()
    referral = {row["referral_id"]: row for row in club.rows(tables.referrals)}[f"web-{mac[:12]}"]
    assert referral["referrer_id"] == "C1"
    assert referral["referred_client_id"] is None
    assert referral["invited_on"] == referral["signed_up_on"] == date(2026, 3, 20)
    row = club.signup()
    assert row["email"] == "Vera@Voorbeeld.NL"
    assert row["recipient"] == "vera@voorbeeld.nl"
    kept = [row[name] for name in ("name", "phone", "project_type", "postcode", "house_number", "message")]
    assert kept == ["Vera Postma", "06 87654321", "uitbouw", "1234 AB", "7a", "Een uitbouw\nmet <dak>"]
    assert (row["consent"], row["consent_wording"], row["flags"]) == ("unknown", None, "")
    assert re.fullmatch(f"VRIEND-[{CROCKFORD}]{{8}}", row["voucher"])
    assert answer.status_code == 303
    thanks = club.client.get(answer.headers["location"])
    assert thanks.status_code == 200
    assert row["voucher"] in thanks.text
    assert club.rows(tables.messages) == []


@ON_SQLITE
def test_at_night_the_day_is_that_of_amsterdam(club: Club, code: str) -> None:
    """Half past eleven in London is tomorrow there."""
    club.later(hours=13, minutes=30)
    club.post(code)

    assert club.signup()["signed_up_on"] == date(2026, 3, 21)


def test_a_tick_keeps_its_wording_and_time(club: Club, code: str) -> None:
    """The box is empty on every page, also on one that comes back with a fault; a tick is kept with what it said."""
    page = club.client.get(f"/ref/{code}").text
    faulty = club.post(code, email="no", toestemming="ja").text
    assert not re.search(r"<input[^>]* checked", page + faulty)

    club.post(code, toestemming="ja")
    row = club.signup()
    assert row["consent"] == "yes"
    assert row["consent_wording"] in page
    assert row["consent_at"].replace(tzinfo=None) == club.now[0].replace(tzinfo=None)


@ON_SQLITE
def test_everybody_gets_the_same_thanks(club: Club, code: str) -> None:
    """A client of ours, the referrer himself and a stranger cannot be told apart by what they are answered."""
    club.add_client("C5")
    club.add_project("P5", "C5", date(2024, 1, 1))
    seen = set()
    for email in ("stranger@voorbeeld.nl", "c5@voorbeeld.nl", "c1@voorbeeld.nl"):
        answer = club.post(code, email=email)
        thanks = club.client.get(answer.headers["location"]).text
        seen.add((answer.status_code, re.sub("VRIEND-[0-9A-Z]{8}", "VRIEND-", thanks)))

    assert len(seen) == 1


def test_a_voucher_of_somebody_else_shows_no_thanks(club: Club, code: str) -> None:
    """The address of the page of thanks shows what was given out over this link and nothing that somebody made up."""
    club.post(code)
    voucher = club.signup()["voucher"]
    other = club.add_client("C9")

    assert "Dank u wel" not in club.client.get(f"/ref/{other}?dank={voucher}").text
    assert "Dank u wel" not in club.client.get(f"/ref/{code}?dank=VRIEND-00000000").text
    assert "<script>" not in club.client.get(f"/ref/{code}?dank=<script>").text


def test_the_same_friend_twice_is_one_referral(club: Club, code: str) -> None:
    """First day, flags and voucher stay; a phone, a message and a consent that come later are added."""
    club.post(code, bericht="Een dakkapel")
    first = club.signup()
    club.later(days=2)
    club.client.get(club.own_page(code), headers=BROWSER)  # would make the next one `self`
    club.post(
        code,
        email="VERA@voorbeeld.nl",
        naam="Vera",
        telefoon="06 12345678",
        bericht="En ook een uitbouw",
        toestemming="ja",
    )
    later = club.signup()

    assert [later[name] for name in ("referral_id", "voucher", "name", "flags", "signed_up_on", "email")] == [
        first[name] for name in ("referral_id", "voucher", "name", "flags", "signed_up_on", "email")
    ]
    assert later["message"] == "Een dakkapel\nEn ook een uitbouw"
    assert later["phone"] == "06 12345678"
    assert later["consent"] == "yes"
    assert len(club.rows(tables.referrals)) == 1

    club.post(code, bericht="En ook een uitbouw", telefoon="06 12345678")  # an empty box takes nothing back
    assert club.signup() == later


def test_posted_twice_at_once_is_one_referral(club: Club, code: str) -> None:
    """Two clicks at one moment, on both databases: one row, one voucher, no error."""
    opened = club.open_form(code)
    club.later(seconds=10)
    with ThreadPoolExecutor(4) as pool:
        posts = [
            pool.submit(club.client.post, f"/ref/{code}", data={"tijd": opened} | FRIEND, headers=BROWSER)
            for _ in range(4)
        ]
        answers = [post.result() for post in posts]

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(club.rows(tables.signups)) == len(club.rows(tables.referrals)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("naam", ""),
        ("naam", "\u200b 12"),
        ("naam", "Win een iPhone: https://winnen.example/vera"),
        ("naam", "Vera van winnen.com"),
        ("naam", "Vera <b>Postma</b>"),
        ("naam", "vera@voorbeeld.nl"),
        ("email", ""),
        ("email", "vera@voorbeeld"),
        ("email", "vera@voorbeeld.nl\nbcc: x@y.nl, z"),
        ("telefoon", "bel me"),
        ("telefoon", "06"),
        ("soort", "kasteel"),
        ("postcode", "0123 AB"),
        ("huisnummer", "veertien"),
        ("bericht", "x" * 2001),
    ],
)
@ON_SQLITE
def test_a_fault_stands_at_its_field_and_what_was_written_stays(club: Club, code: str, field: str, value: str) -> None:
    """One fault, named at the head and beside its field; nothing is kept."""
    before = club.state()
    answer = club.post(code, {**FRIEND, "bericht": "Mijn <plan>"} | {field: value})

    assert answer.status_code == 422
    assert answer.text.count('class="wrong"') == 1
    assert f'id="{field}-fout"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    if field not in ("naam", "email"):
        assert 'value="Vera Postma"' in answer.text
    if field != "bericht":
        assert "Mijn &lt;plan&gt;" in answer.text
    assert club.state() == before


@ON_SQLITE
def test_a_machine_is_asked_to_look_again(club: Club, code: str) -> None:
    """Within three seconds, with a time that we did not sign or signed for another link, or in the hidden field: a
    polite page with what was written, and nothing kept."""
    other = club.open_form(club.add_client("C9"))
    opened = club.open_form(code)
    before = club.state()
    club.later(seconds=2)
    posts = [{"tijd": opened}, {"tijd": ""}, {}, {"tijd": other}, {"tijd": opened[:-1] + "x"}]
    posts += [{"tijd": f"1{opened}"}, {"tijd": "99999999999.abc"}, {"tijd": "٣.é"}]
    for fields in posts:
        answer = club.client.post(f"/ref/{code}", data=FRIEND | fields, headers=BROWSER)
        assert answer.status_code == 422
        assert "Dat ging te snel om te kunnen lezen" in answer.text
        assert 'value="vera@voorbeeld.nl"' in answer.text
        club.later(hours=1)  # so that no limit answers in its place
        before["client_codes"] = club.state()["client_codes"]

    opened = club.open_form(code)
    club.later(seconds=30)
    trapped = club.client.post(f"/ref/{code}", data=FRIEND | {"tijd": opened, "website": "http://x"}, headers=BROWSER)
    assert trapped.status_code == 422
    assert club.state() == before

    club.later(seconds=-30, milliseconds=3000)
    assert club.client.post(f"/ref/{code}", data=FRIEND | {"tijd": opened}, headers=BROWSER).status_code == 303


@ON_SQLITE
def test_a_page_that_stood_open_for_a_day_is_sent_again(club: Club, code: str) -> None:
    """Whoever kept a signed time cannot use it for ever; a person gets the form back with a new one."""
    opened = club.open_form(code)
    club.later(days=1, seconds=1)
    late = club.client.post(f"/ref/{code}", data=FRIEND | {"tijd": opened}, headers=BROWSER)

    assert late.status_code == 422
    assert "stond lang open" in late.text


def test_six_posts_of_a_visitor_in_an_hour_are_too_many(club: Club, code: str) -> None:
    """The sixth gets 429 and counts no further; another browser may, and after an hour so may this one again."""
    answers = [club.post(code, email=f"v{n}@voorbeeld.nl").status_code for n in range(6)]
    assert answers == [303] * 5 + [429]
    assert club.post(code, headers=PHONE).status_code == 303
    assert len(club.rows(tables.signups)) == 6

    for _ in range(3):
        club.later(minutes=15)
        assert club.post(code, email="v9@voorbeeld.nl").status_code == 429
    club.later(minutes=15)
    page = club.post(code, email="v9@voorbeeld.nl")
    assert page.status_code == 303


@pytest.mark.slow
@ON_SQLITE
def test_fifty_one_posts_over_a_link_in_a_day_are_too_many(club: Club, code: str) -> None:
    """From fifty visitors; another link and the next day are open."""
    for n in range(50):
        assert club.post(code, {}, {"user-agent": f"Mozilla/5.0 number {n}"}).status_code == 422  # faulty ones count
    answer = club.post(code, headers=PHONE)

    assert answer.status_code == 429
    assert answer.headers["retry-after"]
    assert "veel aanvragen" in answer.text
    assert club.rows(tables.signups) == []
    assert club.post(club.add_client("C9"), headers=PHONE).status_code == 303
    club.later(days=1)
    assert club.post(code, headers=PHONE).status_code == 303


def test_a_visit_counts_once_a_day(club: Club, code: str) -> None:
    """For each code, day and visitor; by the page of thanks too, but not again; no address or browser is kept."""
    other = club.add_client("C9")
    for _ in range(3):
        club.client.get(f"/ref/{code}", headers=BROWSER)
    club.client.get(f"/ref/{code}", headers=PHONE)
    club.client.get(f"/ref/{other}", headers=BROWSER)
    first = club.rows(tables.referral_visits)
    assert sorted(row["code"] for row in first) == sorted([code, code, other])
    assert not any(text in str(first) for text in ("testclient", "Mozilla", "iPhone"))

    club.later(days=1)
    club.client.get(f"/ref/{code}", headers=BROWSER)
    second = [row for row in club.rows(tables.referral_visits) if row["day"] == club.today]
    assert len(second) == 1
    assert second[0]["visitor"] not in {row["visitor"] for row in first}


def test_the_key_of_a_day_is_thrown_away_after_it(club: Club, code: str) -> None:
    """With the next day's first visitor, or at night by housekeeping; with it what is of no use without."""
    club.client.get(f"/ref/{code}", headers=BROWSER)
    club.client.get(club.own_page(code), headers=BROWSER)
    club.post(code)
    assert len(club.rows(tables.visitor_keys)) == len(club.rows(tables.page_visits)) == 1

    club.later(days=1)
    forget_strangers(club.engine, shipped_programme().referral, club.today)
    assert club.rows(tables.visitor_keys) == club.rows(tables.page_visits) == club.rows(tables.form_posts) == []
    assert club.rows(tables.referral_visits)

    club.client.get(f"/ref/{code}", headers=BROWSER)
    club.later(days=1)
    club.client.get(f"/ref/{code}", headers=BROWSER)
    assert [row["day"] for row in club.rows(tables.visitor_keys)] == [club.today]


@ON_SQLITE
def test_programs_are_no_visitors(club: Club, code: str) -> None:
    """HEAD, the makers of cards, scanners and pages fetched ahead get their answer and count for nothing."""
    for path in (f"/ref/{code}", club.own_page(code)):
        for agent in NO_PERSON:
            assert club.client.get(path, headers={"user-agent": agent}).status_code == 200
        assert club.client.head(path, headers=BROWSER).status_code == 200
        assert club.client.get(path, headers=BROWSER | {"sec-purpose": "prefetch;prerender"}).status_code == 200

    assert club.rows(tables.referral_visits) == club.rows(tables.page_visits) == []


def test_a_visit_that_cannot_be_counted_costs_nobody_the_page(club: Club, code: str) -> None:
    """The page comes also where the table of visits is gone."""
    with writing(club.engine) as connection:
        tables.metadata.tables["referral_visits"].drop(connection)

    assert club.client.get(f"/ref/{code}", headers=BROWSER).status_code == 200


def test_flags_by_what_we_know(club: Club, code: str) -> None:
    """The referrer's own address; his browser on that day; a client with an order; his phone; his house."""
    club.add_client("C5")
    club.add_project("P5", "C5", date(2024, 1, 1), cancelled_on=date(2024, 2, 1))
    club.add_client("C6")  # known, without an order
    told = {
        "c1@voorbeeld.nl": ({}, BROWSER, "self,known"),
        "c5@voorbeeld.nl": ({}, BROWSER, "known"),
        "c6@voorbeeld.nl": ({}, BROWSER, ""),
        "a@voorbeeld.nl": ({"telefoon": "+31 6 12 34 56 78"}, BROWSER, "household"),
        "b@voorbeeld.nl": ({"postcode": "8921 ab", "huisnummer": "14-2"}, PHONE, "household"),
        "c@voorbeeld.nl": ({"postcode": "8921 AB", "huisnummer": "4"}, PHONE, ""),
    }
    for email, (fields, browser, flags) in told.items():
        club.post(code, {"naam": "Iemand", "email": email} | fields, browser)
        found = {row["recipient"]: row["flags"] for row in club.rows(tables.signups)}
        assert found[email] == flags, email

    club.client.get(club.own_page(code), headers=PHONE)
    club.post(code, {"naam": "Iemand", "email": "d@voorbeeld.nl"}, PHONE)
    club.later(days=1)
    club.post(code, {"naam": "Iemand", "email": "e@voorbeeld.nl"}, PHONE)
    found = {row["recipient"]: row["flags"] for row in club.rows(tables.signups)}
    assert (found["d@voorbeeld.nl"], found["e@voorbeeld.nl"]) == ("self", "")


def test_the_eleventh_in_seven_days_is_a_burst(club: Club, code: str) -> None:
    """That day counted; on the eighth day the first ones are no longer looked at."""

    def sign_up(n: int) -> str:
        club.post(code, {"naam": "X Y", "email": f"v{n}@voorbeeld.nl"}, {"user-agent": f"Mozilla/5.0 {n}"})
        return {row["recipient"]: row["flags"] for row in club.rows(tables.signups)}[f"v{n}@voorbeeld.nl"]

    assert [sign_up(n) for n in range(5)] == [""] * 5
    club.later(days=6)
    assert [sign_up(n) for n in range(5, 12)] == [""] * 5 + ["burst"] * 2
    club.later(days=1)
    assert sign_up(12) == ""


def test_a_sign_up_joins_the_record_that_is_there(club: Club, code: str) -> None:
    """The client with the same recipient and the smallest id, at once; a forgotten address joins nobody."""
    for client_id in ("C8", "C7"):
        club.add_client(client_id, email="vera@voorbeeld.nl", recipient="vera@voorbeeld.nl")
    club.add_client("C6", recipient="")
    club.post(code)

    assert club.rows(tables.referrals)[0]["referred_client_id"] == "C7"


def test_a_link_that_leads_to_nobody(club: Club, code: str) -> None:
    """An unknown code, no code at all, and that of an erased client: one page that gives our number, 404."""
    gone = club.add_client("C9", erased_on=date(2026, 1, 1))
    before = club.state()
    paths = [f"/ref/{text}" for text in ("AAAAAAAA", "x", "UUUUUUUU", code + "0", gone, "%00", "é" * 8, "'--")]
    answers = [club.client.request(method, path, data=FRIEND) for path in paths for method in ("GET", "POST")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "058 123 45 67" in answers[0].text
    assert club.state() == before
    assert club.client.get(f"/ref/{code.lower()}").status_code == 200  # typed from a printed card


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "{{ 7 * 7 }} {% raw %}",
        "'; DROP TABLE signups; --",
        "\x00\x1f\u202e\u2066 [f.name] \r\nBcc: a@b.nl",
        "=HYPERLINK(1)",
        "𝔘𝔫𝔦 💥" * 20,
        "%s %(x)s {0}",
    ],
)
def test_hostile_texts_are_kept_as_texts(club: Club, code: str, hostile: str) -> None:
    """Whatever stands in a field, the pages stay ours and the row is one line of visible text."""
    name = re.sub("[<>@.]", "", f"A {hostile}")  # an address is no name
    answer = club.post(code, {"naam": name, "email": "a@voorbeeld.nl", "bericht": hostile})
    assert answer.status_code == 303
    assert club.client.get(answer.headers["location"]).status_code == 200
    row = club.signup()
    assert row["name"].startswith("A ")
    assert "\n" not in row["name"]
    assert "\x00" not in row["name"] + (row["message"] or "")
    back = club.post(
        code, {"naam": hostile, "email": hostile, "telefoon": hostile, "soort": hostile, "bericht": hostile}
    )
    assert back.status_code in (422, 429)
    assert "<script>alert" not in back.text
    assert "49" not in re.findall(r'value="([^"]*)"', back.text)


@ON_SQLITE
def test_bodies_that_are_no_form(club: Club, code: str) -> None:
    """Too large, another type, thousands of fields, bad bytes: an answer below 500, and nothing kept."""
    before = club.state()
    bodies = [b"x" * 40_000, b"\xff\xfe\x00", b"a=1&" * 5_000, b"naam=%FF%FE&email=%", b"{}"]
    for n, body in enumerate(bodies):
        answer = club.client.post(f"/ref/{code}", content=body, headers={"user-agent": f"Mozilla/5.0 {n}"})
        assert 400 <= answer.status_code < 500
    assert club.state() == before


def test_of_a_stranger_a_year_later_only_id_and_days_are_left(club: Club, code: str) -> None:
    """Twelve months after a sign-up that no client came of; of one with a client all stays. Who comes back is the same
    referral with the first day."""
    club.post(code, telefoon="06 87654321", bericht="Geheim", toestemming="ja")
    first = club.signup()
    club.add_client("C7", email="kees@voorbeeld.nl", recipient="kees@voorbeeld.nl")
    club.post(code, {"naam": "Kees", "email": "kees@voorbeeld.nl"})
    terms = shipped_programme().referral
    with writing(club.engine) as connection:
        connection.execute(update(tables.referrals).values(referred_name="Naam", referred_email="n@voorbeeld.nl"))
        for one in (row["referral_id"] for row in club.rows(tables.signups)):
            task = {"task_id": f"lead::{one}", "kind": "lead", "client_id": "", "cause": one, "purpose": "service"}
            done = {"channel": "phone", "level": "manager", "state": "done", "attempts": 0}
            connection.execute(insert(tables.people_tasks).values(**task, **done, made_at=NOW, due_at=NOW))
            note = {"task_id": f"lead::{one}", "client_id": "", "kind": "end", "by_name": "Bas", "note": f"over {one}"}
            connection.execute(insert(tables.task_notes).values(**note, at=NOW))

    assert forget_strangers(club.engine, terms, date(2027, 3, 19)) == 0
    assert forget_strangers(club.engine, terms, date(2027, 3, 20)) == 1
    assert forget_strangers(club.engine, terms, date(2027, 3, 21)) == 0
    rows = {row["referral_id"]: row for row in club.rows(tables.signups)}
    gone = rows.pop(first["referral_id"])
    assert not any(text in str(gone) for text in ("Vera", "vera", "87654321", "Geheim", "VRIEND", "mag mij mailen"))
    assert gone["signed_up_on"] == first["signed_up_on"]
    assert [row["name"] for row in rows.values()] == ["Kees"]
    named = {
        row["referral_id"]: (row["referred_name"], row["referred_email"]) for row in club.rows(tables.referrals)
    }  # as an export of the CRM names them
    assert named == {gone["referral_id"]: (None, None)} | dict.fromkeys(rows, ("Naam", "n@voorbeeld.nl"))
    notes = {row["task_id"].removeprefix("lead::"): row["note"] for row in club.rows(tables.task_notes)}
    assert notes == {gone["referral_id"]: None} | {kept: f"over {kept}" for kept in rows}

    club.later(days=366)
    club.post(code)
    again = {row["referral_id"]: row for row in club.rows(tables.signups)}[first["referral_id"]]
    assert (again["name"], again["voucher"]) == ("Vera Postma", first["voucher"])
    assert again["signed_up_on"] == first["signed_up_on"]


def test_a_sign_up_shows_at_once(club: Club, code: str) -> None:
    """On the referrer's page, counted as invited and signed up, without the friend's name."""
    before = club.client.get(club.own_page(code)).text
    club.post(code)
    after = club.client.get(club.own_page(code)).text

    assert "Nog niemand uitgenodigd" in before
    assert "Iemand meldde zich aan" in after
    assert "Eén aanmelding is nog onderweg" in after
    assert "Vera" not in after
    with writing(club.engine) as connection:
        connection.execute(update(tables.signups).values(name_consent_at=NOW - timedelta(days=1)))
    assert "Vera Postma meldde zich aan" in club.client.get(club.own_page(code)).text


def test_a_sign_up_waits_for_a_call(club: Club, code: str) -> None:
    """A task of the working day after, by phone or by mail, with the flags; no name stands in its row."""
    club.post(code, telefoon="06 12345678", bericht="Bel na vijven")
    club.post(code, {"naam": "Kees", "email": "kees@voorbeeld.nl"})
    tick = Tick(club.now[0] + timedelta(minutes=15), shipped_programme())
    with writing(club.engine) as connection:
        make_prompt_tasks(connection, tick)
        rows = {row["recipient"]: row["referral_id"] for row in club.rows(tables.signups)}
        tasks = {task.cause: task for task in read_tasks(connection, tick)}
        by_phone, by_mail = (tasks[rows[each]] for each in ("vera@voorbeeld.nl", "kees@voorbeeld.nl"))
        told = read_script(connection, tick, by_phone)
    assert (by_phone.task_id, by_phone.channel, by_mail.channel) == (f"lead::{by_phone.cause}", "phone", "work")
    assert day_in_amsterdam(by_phone.due_at) == date(2026, 3, 23)
    assert (told.name, told.phone, told.wrote) == ("Vera Postma", "06 12345678", ("Bel na vijven",))
    assert "zelfde adres of telefoon als wie aanbeval" in str(told.script.more)
    assert "Vera" not in str(by_phone)

    programme = shipped_programme()
    leads = read_leads(club.engine, programme, club.today)
    assert [(lead.name, lead.phone, lead.call_by) for lead in leads if lead.phone] == [
        ("Vera Postma", "06 12345678", date(2026, 3, 23))
    ]
    with writing(club.engine) as connection:
        done = update(tables.people_tasks).where(tables.people_tasks.c.cause == by_phone.cause)
        connection.execute(done.values(state="done", outcome="reached", ended_by="Anke"))
    assert [lead.handled_by for lead in read_leads(club.engine, programme, club.today) if lead.phone] == ["Anke"]
