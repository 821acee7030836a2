"""A client's own page: what it shows to whoever holds the link, what it never shows, and what is chosen there."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from models import tables
from models.database.engine import writing
from programme.referrals.happenings import Happened, Happening, latest
from programme.referrals.states import ReferralVerdict
from programme.words.tokens import LinkPurpose, dashboard_token, message_token
from tasks.money.booking import book
from tasks.referrals.reviewing import review
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.web.public.club import BROWSER, KEY, NOW, Club

TODAY = NOW.date()
NAMES = ("vonk", "vlam", "gloed", "zon")


@pytest.fixture
def code(club: Club) -> str:
    """A client with an account and two delivered projects."""
    code = club.add_client("C1", iban="NL91ABNA0417164300", iban_holder="W. Zijlstra", phone="06 12345678")
    for n in (1, 2):
        club.add_project(f"P{n}", "C1", date(2024, n, 1), delivered_on=date(2024, n + 3, 1), address="Kerkweg 14")
    return code


def words(page: str) -> str:
    """What a person reads of a page."""
    body = page.partition("<body")[2].partition(">")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", body).replace("\xa0", " ").split())


def test_a_new_page_is_an_invitation(club: Club, code: str) -> None:
    """Zeros, the first reward, the tier with what is missing, the masked account."""
    page = words(club.client.get(club.own_page(code)).text)

    for said in (
        "U bent Zilverlid. Nog één project of drie aanbevelingen, en u bent Goudlid.",
        "2 van 3 afgeronde projecten",
        "Nog niemand uitgenodigd. Uw eerste beloning: € 100.",
        "Hier staat straks wat u verdient.",
        "Nog één aanbeveling tot uw eerste beloning van € 100.",
        "NL•• ABNA •••• •• 4300",
    ):
        assert said in page, page


def test_a_page_with_a_history(club: Club, code: str) -> None:
    """Counts, amounts with what is in hold and until when, and what happened, by date."""
    for n, days in enumerate((200, 100, 60, 5)):
        club.add_won(n, "C1", TODAY - timedelta(days=days))
    club.add_referral("R8", "C1", None, TODAY - timedelta(days=1))
    club.add_referral("R9", "C1", None, TODAY - timedelta(days=2), signed_up_on=None)
    page = words(club.client.get(club.own_page(code)).text)

    for said in (
        "Uitgenodigd 6 Aangemeld 5 Afgerond 4",
        "Verdiend € 450",
        "Openstaand € 450",
        "Waarvan € 100 vrij vanaf 29 maart 2026",
        "Eén aanmelding is nog onderweg.",
        "4 van 6 afgeronde aanbevelingen",
        "Nog twee aanbevelingen tot € 100 extra.",
        "15 maart Een eerste project is afgerond € 100",
        "19 januari Een eerste project is afgerond € 150",
        "19 maart Iemand meldde zich aan",
    ):
        assert said in page, page


@pytest.mark.parametrize(
    ("partner", "said"),
    [
        ({}, "Waarvan € 100 vrij vanaf 29 maart 2026. Zo lang wachten wij of het project doorgaat. Waarvan € 150 die"),
        ({"kind": "aannemer", "partner_since": date(2025, 1, 1)}, "15 maart Dakkapel 4%, kijken wij nog na € 60"),
    ],
)
def test_no_day_is_promised_under_review(club: Club, partner: dict, said: str) -> None:
    """When somebody will have looked at a flagged referral nobody knows, in its hold either."""
    code = club.add_client("C1", iban="NL91ABNA0417164300", iban_holder="W. Zijlstra", **partner)
    for n, days in enumerate((60, 5, 5)):
        club.add_won(n, "C1", TODAY - timedelta(days=days))
    with writing(club.engine) as connection:
        signup = {"referral_id": "R2", "code": code, "recipient": "", "flags": "burst"}
        connection.execute(insert(tables.signups).values(**signup, signed_up_on=TODAY, signed_up_at=NOW))

    assert said in words(club.client.get(club.own_page(code)).text)


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([("paid", "in_transit", "bank", 10_000)], "Uitbetaald € 100 Openstaand € 0"),
        ([("adjust", "expense", "payable", -2_500)], "Verdiend € 75"),
        ([("paid", "in_transit", "bank", 15_000)], "€ 50 wordt verrekend met uw volgende beloning"),
        ([("adjust", "expense", "payable", -2_500)], "Correctie van ons −€ 25"),
        ([("reserve", "payable", "in_transit", 10_000)], "Waarvan € 100 in de volgende betaalronde"),
    ],
)
def test_money_as_the_ledger_has_it(club: Club, code: str, entries: list[tuple], says: str) -> None:
    """What was confirmed, corrected, set off and is on its way."""
    club.add_won(1, "C1", TODAY - timedelta(days=30))
    with writing(club.engine) as connection:
        for n, (kind, source, target, cents) in enumerate(entries, start=1):
            row = {"id": n, "day": TODAY, "kind": kind, "business_key": str(n), "referrer_id": "C1", "made_by": "x"}
            connection.execute(insert(tables.ledger_entries).values(**row, made_at=NOW))
            for account, amount in ((source, -cents), (target, cents)):
                owner = "" if account in ("bank", "expense") else "C1"
                leg = {"entry_id": n, "account": account, "client_id": owner, "amount_cents": amount}
                connection.execute(insert(tables.ledger_legs).values(leg))

    assert says in words(club.client.get(club.own_page(code)).text)


@ON_SQLITE
def test_what_was_taken_back_has_no_made_up_cause(club: Club, code: str) -> None:
    """A person rejected the referral; no project was cancelled."""
    club.add_won(1, "C1", TODAY - timedelta(days=30))
    book(club.engine, make.shipped_programme(), TODAY, "rewards", NOW)
    review(club.engine, "R1", ReferralVerdict.REJECT, "Bas", "zelf", NOW)
    book(club.engine, make.shipped_programme(), TODAY, "rewards", NOW)

    assert "20 maart Een aanbeveling telt niet meer mee −€ 100" in words(club.client.get(club.own_page(code)).text)


@ON_SQLITE
def test_the_page_tells_its_holder_nothing_else(club: Club, code: str) -> None:
    """No name, address, phone, house, whole account or holder; no friend's name, project value or quote."""
    club.add_won(1, "C1", TODAY - timedelta(days=30))
    page = club.client.get(club.own_page(code)).text

    for secret in ("Zijlstra", "Wietske", "c1@", "12345678", "Kerkweg", "NL91", "0417164300", "W. Z", "Vriend", "F1"):
        assert secret not in page.replace("1.500", ""), secret
    assert "€\xa01.500" not in page


def test_every_client_has_the_page_and_nobody_else(club: Club, code: str) -> None:
    """Forged, foreign and cut tokens, codes and ids, and that of an erased client: one page, 404, nothing changed."""
    good = dashboard_token(KEY.encode(), code)
    erased = club.add_client("C9", erased_on=TODAY)
    texts = [good[:-1], good + "A", good.swapcase(), code, "C1", "x" * 500, "%00", "é"]
    texts += [dashboard_token(b"another key", code), dashboard_token(KEY.encode(), erased)]
    texts += [dashboard_token(KEY.encode(), "ZZZZZZZZ"), message_token(KEY.encode(), LinkPurpose.ANSWER, "ab" * 16)]
    before = club.state()
    seen = set()
    for text in texts:
        for path in (f"/mijn/{text}", f"/mijn/{text}/kaartje.svg"):
            seen.add((club.client.get(path).status_code, club.client.get(path).text))
        seen.add((club.client.post(f"/mijn/{text}", data={"doen": "voornaam", "voornaam": "ja"}).status_code,))

    assert {answer[0] for answer in seen} == {404}
    assert len(seen) == 2
    assert club.state() == before
    assert club.client.get(f"/mijn/{good}").status_code == 200


@ON_SQLITE
def test_ways_to_share(club: Club, code: str) -> None:
    """The link in a field that can be selected, messages that say the reward, a code and a card; no script inside."""
    page = club.client.get(club.own_page(code))
    link = f"https://mail.example.nl/ref/{code}"

    assert f"readonly>{link}</textarea>" in page.text
    assert "https://wa.me/?text=Ik%20heb%20Bureau%20Broersma" in page.text
    assert "beloning" in page.text.partition("wa.me/")[2].partition('"')[0]
    assert 'href="mailto:?subject=' in page.text
    assert 'role="img" aria-label="QR-code met uw link"' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/mijn/kopieer.js" defer>']
    assert not re.search(r"\s(style|on\w+)=", page.text)
    script = club.client.get("/mijn/kopieer.js")
    assert script.headers["content-type"].startswith("text/javascript")
    card = club.client.get(f"{club.own_page(code)}/kaartje.svg")
    assert card.headers["content-type"] == "image/svg+xml"
    assert f"mail.example.nl/ref/{code}" in card.text
    assert "krijgt een beloning" in card.text


@ON_SQLITE
def test_the_code_on_the_page_leads_to_the_link(club: Club, code: str, tmp_path) -> None:
    """What a camera reads: the dark modules of the path are those of a code for exactly this link."""
    import segno

    page = club.client.get(club.own_page(code)).text
    side, path = re.search(r'viewBox="0 0 (\d+) \d+" role="img"[^>]*><path d="([^"]+)"', page).groups()
    drawn = [[0] * int(side) for _ in range(int(side))]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for column in range(int(x), int(x) + int(run)):
            drawn[int(y)][column] = 1
    wanted = segno.make(f"https://mail.example.nl/ref/{code}", error="q", micro=False, boost_error=False)

    assert drawn == [list(row) for row in wanted.matrix_iter(border=4)]


def test_the_first_name_is_a_choice(club: Club, code: str) -> None:
    """Ticked, sent, shown on the invitation; taken back the same way. Who has no first name is not asked."""
    own = club.own_page(code)
    assert "U komt via een klant van ons" in club.client.get(f"/ref/{code}").text
    for _ in range(2):
        answer = club.client.post(own, data={"doen": "voornaam", "voornaam": "ja"})
        assert answer.status_code == 303
    assert "ziet voortaan uw voornaam" in club.client.get(answer.headers["location"]).text
    assert re.search(r'name="voornaam" value="ja"[^>]* checked', club.client.get(own).text)
    assert "U komt via Wietske, een klant van ons" in club.client.get(f"/ref/{code}").text

    club.client.post(own, data={"doen": "voornaam"})
    assert "U komt via een klant van ons" in club.client.get(f"/ref/{code}").text
    firm = club.add_client("C3", "Bouwbedrijf Van Dam B.V.")
    assert "Mijn voornaam mag" not in club.client.get(club.own_page(firm)).text


@ON_SQLITE
def test_a_post_that_asks_nothing_we_know(club: Club, code: str) -> None:
    """An unknown button, an empty or too large body: a page that says so, and nothing changed."""
    before = club.state()
    own = club.own_page(code)
    answers = [
        club.client.post(own, data={"doen": "geld"}),
        club.client.post(own),
        club.client.post(own, content=b"x" * 40_000),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 413]
    assert club.state() == before


def test_an_architect_earns_nothing_and_reads_why(club: Club) -> None:
    """No amounts, no account, no reward in the messages; what was brought still counts for the tier."""
    code = club.add_client("C4", "Atelier Noord architecten", kind="architect")
    club.add_won(1, "C4", TODAY - timedelta(days=30))
    page = club.client.get(club.own_page(code)).text
    said = words(page)

    assert "dat laten de gedragsregels van uw beroep niet toe" in said
    assert "Uitgenodigd 1 Aangemeld 1 Afgerond 1" in said
    assert "U bent Zilverlid" in said
    assert "Een eerste project is afgerond" in said
    for absent in ("Verdiend", "€ 100", "beloning", "rekening door"):
        assert absent not in said, absent


def test_a_partner_sees_projects_rate_and_invoices(club: Club) -> None:
    """By date, type and commission alone; the rate now and what is missing for the next."""
    code = club.add_client("C3", "Bouwbedrijf Van Dam B.V.", kind="aannemer", partner_since=date(2023, 1, 1))
    for n, days in enumerate((70, 60, 10)):
        club.add_won(n, "C3", TODAY - timedelta(days=days))
    club.add_won(9, "C3", date(2025, 6, 1))  # of another year, and before paid_before
    late = date(2023, 6, 1)  # whose first project comes after the 24 months that earn commission
    club.add_client("F50")
    club.add_referral("R50", "C3", "F50", late)
    club.add_project("P50", "F50", late + timedelta(days=900), delivered_on=TODAY - timedelta(days=20))
    with writing(club.engine) as connection:
        invoice = {"client_id": "C3", "number": "2026-01", "amount_cents": 6_000, "vat_cents": 1_260, "made_by": "x"}
        connection.execute(insert(tables.partner_invoices).values(**invoice, day=TODAY, made_at=NOW))
    said = words(club.client.get(club.own_page(code)).text)

    for text in (
        "Uw commissie € 180",
        "U krijgt nu 4% over het volgende project dat dit jaar wordt opgeleverd.",
        "Nog één project dit jaar, en daarna is het 5%.",
        "10 maart Dakkapel 4%, te factureren vanaf 24 maart 2026 € 60",
        "2026-01 nog niet betaald € 72,60",
        "Uitgenodigd 5 Aangemeld 5 Afgerond 5",
        "Geef uw rekening door",
    ):
        assert text in said, said
    for absent in ("Vriend", "1.500", "Verdiend", "Uw volgende beloning", "Mijn voornaam"):
        assert absent not in said, absent


@ON_SQLITE
def test_a_level_of_another_name_has_the_metal_of_its_place(open_club, engine) -> None:
    """The lowest is of bronze, as in mails, whatever the programme calls it."""
    tiers = [each.model_dump(exclude_none=True) for each in make.shipped_programme().tiers]
    named = [tier | {"id": name, "label": name.capitalize()} for tier, name in zip(tiers, NAMES, strict=True)]
    club = open_club(engine, tiers=named, **{"caps.held_by_invoice_from_tier": "vlam"})
    code = club.add_client("C1")
    club.add_project("P1", "C1", date(2024, 1, 1), delivered_on=date(2024, 4, 1))
    page = club.client.get(club.own_page(code)).text

    assert "U bent Vonklid." in page
    assert 'class="club tier-brons"' in page


@ON_SQLITE
def test_partners_that_are_off_are_clients(open_club, engine) -> None:
    """As the programme ships: a signed agreement changes nothing."""
    club = open_club(engine, **{"partners.enabled": False})
    code = club.add_client("C3", kind="aannemer", partner_since=date(2025, 1, 1))

    assert "Uw volgende beloning" in club.client.get(club.own_page(code)).text
    assert "die hiervoor een beloning krijgt" in club.client.get(f"/ref/{code}").text


@ON_SQLITE
def test_a_note_in_the_address_is_one_of_ours(club: Club, code: str) -> None:
    """What somebody writes into the address shows nothing."""
    page = club.client.get(f"{club.own_page(code)}?gedaan=<b>u bent gehackt</b>").text

    assert "gehackt" not in page
    assert "Genoteerd" not in page


def test_the_page_is_opened_by_its_client(club: Club, code: str) -> None:
    """A visit of the own page is kept for the day, by nothing that says who it was."""
    club.client.get(club.own_page(code), headers=BROWSER)
    (visit,) = club.rows(tables.page_visits)

    assert (visit["client_id"], visit["day"]) == ("C1", TODAY)
    assert len(visit["visitor"]) == 32


def test_the_ten_latest() -> None:
    """Of one day what came last first, and no more than ten."""
    day = date(2026, 3, 1)
    many = [Happening(day - timedelta(days=n), Happened.SIGNED_UP) for n in range(12)]
    shown = latest([*many, Happening(day, Happened.PAID, 100), Happening(day, Happened.QUALIFIED, 100)])

    assert [one.kind for one in shown[:3]] == [Happened.PAID, Happened.QUALIFIED, Happened.SIGNED_UP]
    assert len(shown) == 10
    assert shown[-1].day == day - timedelta(days=7)


def test_each_year_has_its_paper(club: Club, code: str) -> None:
    """The page links each year in which something was booked; another year and a forged link lead nowhere."""
    club.add_won(1, "C1", TODAY - timedelta(days=60))
    assert "Jaaroverzicht" not in club.client.get(club.own_page(code)).text
    book(club.engine, make.shipped_programme(), TODAY, "rewards", NOW)

    own = club.own_page(code)
    assert f'href="{own}/jaaroverzicht-{TODAY.year}.pdf"' in club.client.get(own).text
    paper = club.client.get(f"{own}/jaaroverzicht-{TODAY.year}.pdf")
    assert (paper.status_code, paper.headers["content-type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
    for wrong in (
        f"{own}/jaaroverzicht-{TODAY.year + 1}.pdf",
        f"{own}/jaaroverzicht-x.pdf",
        "/mijn/x/jaaroverzicht-2026.pdf",
    ):
        assert club.client.get(wrong).status_code == 404
