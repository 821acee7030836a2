"""What real data have and demonstrations forget: odd names, odd days, odd relations."""

from datetime import date, timedelta

from programme.terms.project_types import SHIPPED_TYPES
from sample.contents import people
from sample.contents.sheets import Sheets

TYPES = tuple(SHIPPED_TYPES)
# Client data is hostile: none of these may ever act as markup, template, formula, header or SQL.
HOSTILE_NAMES = (
    "<b>Jan</b> <script>alert`1`</script> Bakker",
    "{{7+7}} Visser",
    "{% raw %}De Boer",
    "=cmd|' /C calc'!A1",
    "@SUM+1 Postma",
    "-name- Kuipers",
    'Kees "de Bouwer" O\'Brien; DROP TABLE clients',
    "Robert%0d%0aBcc: iedereen@thuis.example",
    "Łukasz 李 Ὀδυσσεύς Smit",
    "Wolfeschlegelsteinhausen-van der Meer tot Oudega en Nijega " * 4,
)


def add_awkward(sheets: Sheets) -> None:
    _hostile_names(sheets)
    _one_address(sheets)
    _odd_days(sheets)
    _cancelled(sheets)
    _investors(sheets)
    _professionals(sheets)
    _platinum_by_spend(sheets)
    _referral_chain(sheets)
    _odd_referrals(sheets)
    _unhappy(sheets)
    _caller(sheets)
    _future(sheets)


def _hostile_names(sheets: Sheets) -> None:
    for number, name in enumerate(HOSTILE_NAMES):
        client_id = sheets.client(name.strip(), email=f"vreemde.naam.{number}@post.example")
        sheets.project(client_id, TYPES[number % len(TYPES)], sheets.ago(3 + 11 * (number % 2)))


def _one_address(sheets: Sheets) -> None:
    """A couple with one mailbox, in two spellings; and a firm whose owner is a private client too."""
    first = sheets.client("Sietse Dijkstra", email="fam.dijkstra@thuis.example", consent="unknown")
    second = sheets.client("Aafke Dijkstra-de Haan", email=" Fam.Dijkstra@Thuis.Example", consent="yes")
    sheets.project(first, "dakkapel", sheets.ago(3))
    sheets.project(second, "uitbouw", sheets.ago(14))
    firm = sheets.client("Bouwbedrijf Yıldız B.V.", kind="aannemer", email="info@yildizbouw.example")
    owner = sheets.client("Özlem Yıldız", email="INFO@yildizbouw.example", consent="no")
    sheets.project(firm, "fundering", sheets.ago(300), value_eur=2_250)
    sheets.project(owner, "renovatie", sheets.ago(700), value_eur=3_900)


def _odd_days(sheets: Sheets) -> None:
    """Delivered on 29 February and 31 October, from which months cannot be counted blindly; and on New Year's Eve."""
    for month, day in ((2, 29), (10, 31), (12, 31)):
        year = sheets.as_of.year
        while not (_exists(year, month, day) and date(year, month, day) < sheets.as_of):
            year -= 1
        sheets.project(sheets.client(), "uitbouw", date(year, month, day))


def _exists(year: int, month: int, day: int) -> bool:
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def _cancelled(sheets: Sheets) -> None:
    """Called off before delivery, and (a refund) after it."""
    before = sheets.client()
    sheets.project(before, "renovatie", None, ordered_on=sheets.ago(50), cancelled_on=sheets.ago(20))
    after = sheets.client()
    sheets.project(after, "fundering", sheets.ago(60), value_eur=1_800, cancelled_on=sheets.ago(10))
    sheets.project(after, "dakkapel", sheets.ago(400), value_eur=720)


def _investors(sheets: Sheets) -> None:
    """Several buildings; of one of them the address is written in two ways."""
    for count in (3, 5):
        client_id = sheets.client(f"{people.person(sheets.rng)} Vastgoed", consent="unknown")
        for number in range(count):
            sheets.project(client_id, "draagmuur", sheets.ago(150 + 170 * number), value_eur=980)
        sheets.project(client_id, "fundering", sheets.ago(95), address="Eewal 12, Leeuwarden", postcode="8911 GR")
        sheets.project(client_id, "uitbouw", sheets.ago(420), address="EEWAL 12,Leeuwarden", postcode="8911GR")


def _professionals(sheets: Sheets) -> None:
    """Builders and architects, one of them with more projects than anyone."""
    for kind, count in (("aannemer", 14), ("architect", 6), ("aannemer", 2), ("architect", 1)):
        client_id = sheets.client(people.firm(sheets.rng, kind), kind=kind, consent="unknown")
        for number in range(count):
            sheets.project(client_id, TYPES[number % 5], sheets.ago(25 + 110 * number))
        sheets.feedback(client_id, sheets.ago(20), "nps", score=9)


def _platinum_by_spend(sheets: Sheets) -> None:
    """One project short of nothing: exactly the sum that platinum asks, in two parts; and a cent less."""
    for last_part in (4_000.0, 3_999.99):
        client_id = sheets.client()
        sheets.project(client_id, "renovatie", sheets.ago(800), value_eur=6_000.0, monument=True, built_year=1886)
        sheets.project(client_id, "renovatie", sheets.ago(230), value_eur=last_part)


def _referral_chain(sheets: Sheets) -> None:
    """Each brought the next; the first brought two more."""
    holder = "Wietske Zijlstra"
    first = sheets.client(holder, iban=people.iban(sheets.rng), iban_holder=holder)
    sheets.project(first, "uitbouw", sheets.ago(700))
    referrer = first
    for days in (500, 330, 160):
        referrer = _referred(sheets, referrer, days)
    for days in (260, 75):
        _referred(sheets, first, days)


def _referred(sheets: Sheets, referrer_id: str, days: int) -> str:
    """A new client by way of another: signed up, ordered, delivered."""
    client_id = sheets.client()
    sheets.referral(referrer_id, sheets.ago(days), referred_client_id=client_id, signed_up_on=sheets.ago(days - 6))
    sheets.project(client_id, "dakkapel", sheets.ago(days - 60), ordered_on=sheets.ago(days - 8))
    return client_id


def _odd_referrals(sheets: Sheets) -> None:
    """Referrals that bring nothing: of oneself, of a second record of oneself, too late, an old client, not linked."""
    client_id = sheets.client(email="zelf@thuis.example")
    again = sheets.client(email="Zelf@thuis.example")
    old_client, late_client = sheets.client(), sheets.client()
    sheets.project(client_id, "draagmuur", sheets.ago(420))
    sheets.project(again, "dakkapel", sheets.ago(120))
    sheets.project(old_client, "uitbouw", sheets.ago(900))
    sheets.project(late_client, "dakkapel", sheets.ago(30))
    for referred_id, invited, signed_up in (
        (client_id, 300, 290),
        (again, 300, 290),
        (old_client, 200, 190),
        (late_client, 400, 100),
    ):
        invited_on, signed_up_on = sheets.ago(invited), sheets.ago(signed_up)
        sheets.referral(client_id, invited_on, referred_client_id=referred_id, signed_up_on=signed_up_on)
    sheets.referral(client_id, sheets.ago(15), referred_name="Buurman Postma", referred_email="postma@post.example")
    sheets.referral(client_id, sheets.ago(8), referred_name="=1+1", referred_email=None)


def _unhappy(sheets: Sheets) -> None:
    """Low scores that were dealt with, one marked "not negative" all the same, and a comment with markup."""
    for score, negative, comment in (
        (0, None, "Nooit meer."),
        (6, False, "Viel wel mee, maar <i>traag</i> & duur."),
        (5, True, '=HYPERLINK("http://kwaad.example";"klik")'),
    ):
        client_id = sheets.client()
        project_id = sheets.project(client_id, "uitbouw", sheets.ago(140))
        values = {"score": score, "negative": negative, "comment": comment, "severity": "medium"}
        given_on = sheets.ago(120)
        sheets.feedback(client_id, given_on, "nps", project_id=project_id, resolved_on=sheets.ago(110), **values)
        rejected_on = sheets.ago(60)
        sheets.quote(client_id, sheets.ago(80), decided_on=rejected_on, decision="rejected", type="fundering")


def _caller(sheets: Sheets) -> None:
    """Somebody who rings every few days, and asks for the drawings in the end."""
    client_id = sheets.client(channel="phone", phone_consent=True)
    sheets.project(client_id, "renovatie", sheets.ago(70), value_eur=7_300)
    for days in (26, 21, 17, 12, 8, 4):
        sheets.interaction(client_id, sheets.ago(days), channel="telefoon", topic="Wanneer kan de aannemer beginnen?")
    topic = "Overdracht van tekeningen en berekening aan ander bureau"
    sheets.interaction(client_id, sheets.ago(2), channel="e-mail", topic=topic)


def _future(sheets: Sheets) -> None:
    """What the database already has and the day may not see: orders, deliveries and answers of later."""
    later = sheets.as_of + timedelta(days=25)
    client_id = sheets.client()
    sheets.project(client_id, "dakkapel", sheets.ago(800))
    project_id = sheets.project(client_id, "uitbouw", later, ordered_on=sheets.as_of + timedelta(days=2))
    sheets.feedback(client_id, later + timedelta(days=4), "nps", project_id=project_id, score=10)
    sheets.quote(client_id, sheets.as_of + timedelta(days=1), type="uitbouw", value_eur=1_300)
    sheets.suppression(sheets.client(), "unsubscribe", later)
