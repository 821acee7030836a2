"""What a mail says to whom."""

import unicodedata
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from programme.facts.records import Client, Delivery, Project, Recipient, WonReferral
from programme.mail.links import links_of, sites_of, tracked_link
from programme.mail.variables import NEUTRAL, MailContext, mail_context
from programme.rules.due import latest_occasion
from programme.rules.groups.offers import GivenCode
from programme.words import wording
from programme.words.plain_text import clean
from programme.words.states import MessageStatus, Outcome, Reason
from tests.factories import client, programme, project, quote, shipped_programme

PROGRAMME = shipped_programme()
DAY = date(2026, 11, 5)


def context(touchpoint: str, *projects: Project, as_of: date = DAY, **changes: Any) -> MailContext:
    who = client(**({"projects": projects, "code": "7Q2KD9XA", "last_activity_on": date(2026, 5, 1)} | changes))
    return of(touchpoint, who, as_of)


def of(touchpoint: str, who: Client, as_of: date = DAY) -> MailContext:
    recipient = Recipient(who.recipient, (who,))
    occasion = latest_occasion(PROGRAMME, touchpoint, who, recipient, as_of)
    assert occasion is not None
    return mail_context(PROGRAMME, PROGRAMME.kinds[touchpoint], occasion, who, recipient, as_of)


def test_engineer_is_sender_above_the_personal_amount() -> None:
    """Above EUR 2,000 the engineer is sender and signs every mail; at EUR 2,000 the firm is sender."""
    above = context("anniversary", project(value_cents=200_001))
    at = context("anniversary", project(value_cents=200_000))

    assert above.sender_name == "ir. S. Wiersma van Bureau Broersma"
    assert above.variant["signed_by"] == "engineer"
    assert at.sender_name == "Bureau Broersma"
    assert at.variant["signed_by"] == "team"


def test_team_signs_where_the_engineer_is_unknown() -> None:
    """A mail of the engineer's without an engineer is the team's, however large the project."""
    found = context("check_in", project(engineer=None, value_cents=900_000))

    assert found.variant["signed_by"] == "team"
    assert found.sender_name == "Bureau Broersma"
    assert "engineer" not in found.fields


def test_sender_name_holds_no_comma_or_semicolon() -> None:
    """Mail systems split names at those."""
    found = context("anniversary", project(value_cents=300_000, engineer="Wiersma, ir. S.; MSc\r\nBcc: x"))

    assert found.sender_name == "Wiersma ir. S. MSc Bcc: x van Bureau Broersma"


def test_mail_without_a_project_takes_the_latest_delivered_one() -> None:
    """Of two delivered on the last day, the greatest id; cancelled ones and later ones do not count."""
    found = context(
        "seasonal",
        project("P1", type="uitbouw", engineer="A"),
        project("P2", type="draagmuur", engineer="B"),
        project("P3", type="fundering", engineer="C", delivered_on=date(2025, 10, 1)),
        project("P4", type="renovatie", cancelled_on=date(2026, 1, 1)),
        project("P5", delivered_on=date(2026, 12, 1)),
        as_of=date(2026, 3, 9),
    )

    assert found.variant["type"] == "draagmuur"
    assert found.fields["engineer"] == "B"


def test_offers_in_service_mails_need_what_marketing_needs() -> None:
    """Soft opt-in and yes let the tier discount through; no does not."""
    allowed = {
        consent: context("build_check", project(), consent=consent).variant["allowed"]
        for consent in ("yes", "unknown", "no")
    }

    assert allowed == {"yes": True, "unknown": True, "no": False}


def test_referral_line_needs_what_marketing_needs() -> None:
    """Also in a marketing mail, which a preview can show for somebody who would not get it."""
    assert context("anniversary", project(), consent="no").variant["referral"] is False
    assert context("anniversary", project()).variant["referral"] is True
    assert context("anniversary", project(), kind="architect").variant["referral"] is False  # earns none


def test_code_is_given_with_its_last_day() -> None:
    """The code in the mail, its last day in words, and the code to keep are one."""
    found = context("anniversary", project())

    assert found.code == GivenCode("LOYAL15", 15, date(2027, 1, 4))
    assert (found.fields["code"], found.fields["valid_until"]) == ("LOYAL15", "4 januari 2027")


def test_goud_sees_the_tier_discount_and_its_own_code() -> None:
    """Where the tier gives as much, its code stands in the place of the offer's."""
    found = context("anniversary", *(project(f"P{number}", address="") for number in range(3)))

    assert found.code == GivenCode("GOUD-7Q2KD9XA", 15, None)
    assert found.fields["member_code"] == "GOUD-7Q2KD9XA"
    assert (found.variant["offer"], found.fields["offer_percent"]) == ("tier", "15")
    assert "code" not in found.fields


def test_tier_upgrade_says_what_earned_it_and_what_is_missing() -> None:
    """Two projects make zilver; for goud one more, or three referrals."""
    found = context("tier_upgrade", project("P1"), project("P2"))

    assert found.code == GivenCode("ZILVER-7Q2KD9XA", 10, None)
    assert (found.variant["earned_by"], found.fields["earned"]) == ("projects", "tweede")
    assert (found.fields["progress"], found.variant["tier_before"]) == ("66", "")
    assert found.fields["missing"] == "Nog één project of drie aanbevelingen"
    assert found.variant["next_tier"] == "goud"


def test_a_delivery_since_then_is_not_what_earned_the_tier() -> None:
    """The third project made goud, and the mail is some days late: by then there is a fourth."""
    days = [date(2025, 1, 8), date(2025, 6, 8), date(2026, 10, 28), date(2026, 11, 3)]
    projects = [project(f"P{number}", delivered_on=day) for number, day in enumerate(days)]
    won = tuple(WonReferral(f"R{each}", "C1", (Delivery(date(2026, 10, 28), None),)) for each in range(3))
    by_projects = context("tier_upgrade", *projects)
    by_referrals = context("tier_upgrade", projects[0], projects[1], projects[3], won_referrals=won)

    assert by_projects.fields["earned"] == "derde"
    assert (by_referrals.variant["earned_by"], by_referrals.fields["earned"]) == ("referrals", "Drie")


def test_spending_says_more_only_where_it_is_and_its_amount_cannot_break() -> None:
    exact, above = (context("tier_upgrade", project(value_cents=cents)) for cents in (1_000_000, 1_000_001))

    assert exact.fields["earned"] == "€\u00a010.000"
    assert above.fields["earned"] == "meer dan €\u00a010.000"


def test_quote_of_unknown_type_and_no_project_has_a_mail() -> None:
    """The mail after a rejected quote needs no project at all."""
    found = context("quote_rejected", quotes=(quote(type=None),))

    assert found.fields["quoted"] == "uw plannen"
    assert found.variant["has_project"] is False
    assert found.fields["quote_sent_on"] == "1 februari 2026"


def test_projects_of_several_days_have_each_its_day() -> None:
    """Delivered on two days and due on one, as before a season or at the end of a month."""
    days = (date(2025, 11, 20), date(2025, 9, 10), date(2025, 9, 10))
    dormers = [project(f"P{number}", delivered_on=day) for number, day in enumerate(days)]
    found = context("dakkapel_to_uitbouw", *dormers, as_of=date(2026, 9, 5))

    assert found.fields["project_for"] == "uw drie dakkapellen"
    assert found.fields["delivered_on"] == "10 september 2025 en 20 november 2025"


def test_season_is_named_by_its_start() -> None:
    """September is the autumn of the programme."""
    assert context("seasonal", project(), as_of=date(2026, 9, 3)).variant["season"] == "najaar"
    assert context("seasonal", project(), as_of=date(2026, 3, 3)).variant["season"] == "voorjaar"


def test_variant_always_has_the_same_keys() -> None:
    """Whatever the mail, so that templates can rely on each."""
    for touchpoint in PROGRAMME.touchpoints:
        found = context(touchpoint, *_any_project(touchpoint), quotes=(quote(),))

        assert set(NEUTRAL) == set(found.variant)
        assert all(type(NEUTRAL[name]) is type(value) for name, value in found.variant.items())


def _any_project(touchpoint: str) -> tuple[Project, ...]:
    wanted = PROGRAMME.touchpoints[touchpoint].project_types
    one = project(type=str(wanted[0]) if wanted else "overig", value_cents=90_000)
    return (one, one._replace(project_id="P0")) if touchpoint == "tier_upgrade" else (one,)


@given(st.text(max_size=300))
def test_clean_gives_one_visible_line(text: str) -> None:
    """No control, no direction character, no square bracket, no doubled space, and not too long."""
    found = clean(text)

    assert len(found) <= 120
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in found)
    assert not set(found) & set("[]\u202e\u2066\u200b\ufeff")
    assert found == " ".join(found.split())
    assert clean(found) == found


def test_clean_keeps_what_names_are_written_with() -> None:
    """Diacritics are composed; markup, template and formula stay the inert characters that they are."""
    assert clean("Zoe\u0308 D’Angelo-Óskarsdóttir") == "Zoë D’Angelo-Óskarsdóttir"
    assert clean("{{7*7}} <b>x</b> =1+1 -name-") == "{{7*7}} <b>x</b> =1+1 -name-"
    assert clean("Jan\r\nBcc: x@y.nl") == "Jan Bcc: x@y.nl"
    assert clean("a\u202egnp.exe") == "agnp.exe"


def test_nameless_client_is_greeted() -> None:
    """A name of which nothing visible is left still makes a greeting."""
    assert context("anniversary", project(), name="\u200b\u0007").fields["name"] == "relatie"


def test_links_are_the_messages_own_and_of_one_purpose() -> None:
    """Same message, same links; another purpose, another token."""
    links = links_of(b"k", "https://x.nl", "0" * 32, "7Q2KD9XA")

    assert links == links_of(b"k", "https://x.nl", "0" * 32, "7Q2KD9XA")
    assert [url.split("/")[3] for url in links.values()] == ["u", "voorkeuren", "a", "mijn"]
    stop, choose, *others = (url.rpartition("/")[2] for url in links.values())
    assert stop == choose  # the two pages lead to each other
    assert len({stop, *others}) == 3
    assert links_of(b"k", "https://x.nl", "0" * 32, "7Q2KD9XA", ["answer_url"]) == {"answer_url": links["answer_url"]}


def test_site_links_tell_the_mail_that_they_came_from() -> None:
    """UTM parameters join what the address already has, and stand before its fragment."""
    assert (
        tracked_link("https://x.nl/p?a=1&utm_source=old#top", "bouwclub", "email", "anniversary")
        == "https://x.nl/p?a=1&utm_source=bouwclub&utm_medium=email&utm_campaign=anniversary#top"
    )
    other = programme(**{"tracking.utm_source": "klub"})
    assert all("utm_source=klub" in url for url in sites_of(other, "win_back").values())


def test_every_word_of_the_rules_has_a_sentence() -> None:
    """Each reason, outcome, status and family can be told in Dutch."""
    assert all(wording.reason_text(reason).endswith(".") for reason in [None, *Reason])
    assert all(map(wording.outcome_text, Outcome))
    assert all(map(wording.status_text, MessageStatus))
    assert all(wording.family_text(each.family, "Bouwclub") for each in PROGRAMME.touchpoints.values())


def test_amounts_and_dates_are_written_the_dutch_way() -> None:
    """Whole euros without decimals, points for thousands, months in lower case."""
    assert [wording.euros(cents) for cents in (5_000, 123_450, 1_205, -1_205, 0)] == [
        "€ 50",
        "€ 1.234,50",
        "€ 12,05",
        "-€ 12,05",
        "€ 0",
    ]
    assert wording.whole_euros(234_501) == "€ 2.346"
    assert wording.weekday_words(date(2026, 2, 3)) == "dinsdag 3 februari 2026"
    assert wording.counted_words(1, "project", "projecten") == "één project"
    assert wording.counted_words(13, "project", "projecten") == "13 projecten"
    assert wording.listed(["a", "b", "c"], "of") == "a, b of c"
    assert wording.capitalised("ijsbaan") == "IJsbaan"
