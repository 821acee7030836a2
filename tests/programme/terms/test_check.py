"""Every kind of fault a programme file can have, and that none hides another."""

import copy
import re
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.settings import ROOT
from programme.terms.checks.check import check
from programme.terms.faults import Fault
from programme.terms.toml_lines import line_of, lines_of_keys
from programme.words.colours import contrast

SHIPPED_TEXT = (ROOT / "programme.toml").read_text(encoding="utf-8")
SHIPPED = tomllib.loads(SHIPPED_TEXT)
MAILS = [*SHIPPED["touchpoints"], *SHIPPED["campaigns"]]
MAIL_FILES = {f"{name}.jinja" for name in MAILS}
GONE = object()

SUMMER = {"touchpoint": "seasonal", "first_on": "2026-06-01", "last_on": "2026-08-31", "holdout_share": 0.1}
AUTUMN = {**SUMMER, "first_on": "2026-08-31", "last_on": "2026-11-30"}


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The shipped programme with some values put (or, by GONE, taken away) at dotted paths."""
    raw: dict[str, Any] = copy.deepcopy(SHIPPED)
    for path, value in changes:
        *parents, last = path.split(".")
        table: Any = raw
        for part in parents:
            table = table[int(part)] if isinstance(table, list) else table.setdefault(part, {})
        if value is GONE:
            del table[last]
        elif isinstance(table, list):
            table[int(last)] = value
        else:
            table[last] = value
    return raw


def faults_of(*changes: tuple[str, Any]) -> list[Fault]:
    return check(changed(*changes), MAIL_FILES)


# Each: what was changed, the key that the fault must name, words that it must say.
CASES: list[tuple[str, list[tuple[str, Any]], str, str]] = [
    # what the types do not take
    ("missing table", [("consent", GONE)], "consent", "is missing"),
    ("missing key", [("consent.soft_opt_in", GONE)], "consent.soft_opt_in", "is missing"),
    ("unknown table", [("touchpoint", {})], "touchpoint", "Did you mean 'touchpoints'?"),
    ("unknown key", [("touchpoints.seasonal.spred", True)], "touchpoints.seasonal.spred", "Did you mean 'spread'?"),
    ("unknown key, nothing like it", [("caps.zzz", 1)], "caps.zzz", "Known: marketing_gap_days, service_gap"),
    ("unknown key of a season", [("seasons.starts.najaar.dya", 1)], "seasons.starts.najaar.dya", "mean 'day'?"),
    (
        "unknown key of a condition",
        [("touchpoints.check_in.conditions", [{"name": "no_feedback", "knd": "nps"}])],
        "touchpoints.check_in.conditions[0].knd",
        "Did you mean 'kind'?",
    ),
    (
        "unknown condition",
        [("touchpoints.check_in.conditions", [{"name": "no_feedbak"}])],
        "touchpoints.check_in.conditions[0].name",
        "Did you mean 'no_feedback'?",
    ),
    (
        "condition without a name",
        [("touchpoints.check_in.conditions", [{"kind": "nps"}])],
        "touchpoints.check_in.conditions[0].name",
        "is missing",
    ),
    (
        "bad value in a condition",
        [("touchpoints.check_in.conditions", [{"name": "no_feedback", "kind": "npz"}])],
        "touchpoints.check_in.conditions[0].kind",
        "Did you mean 'nps'?",
    ),
    (
        "bad offset",
        [("touchpoints.win_back.offset", "6 month ago")],
        "touchpoints.win_back.offset",
        "'6 month ago' is not an offset",
    ),
    ("offset is a number", [("touchpoints.win_back.offset", 6)], "touchpoints.win_back.offset", "'4 months'"),
    ("bad choice", [("touchpoints.seasonal.anchor", "season")], "touchpoints.seasonal.anchor", "mean 'season_start'?"),
    ("bad flow", [("touchpoints.win_back.flow", "winback")], "touchpoints.win_back.flow", "Did you mean 'win-back'?"),
    (
        "bad project type",
        [("touchpoints.win_back.target", "zolder")],
        "touchpoints.win_back.target",
        "allowed: dakkapel",
    ),
    ("too small", [("caps.marketing_gap_days", 0)], "caps.marketing_gap_days", "0 is out of range; the least is 1"),
    ("too large", [("offers.LOYAL15.percent", 150)], "offers.LOYAL15.percent", "the most is 100"),
    (
        "share of nobody",
        [("experiments.x", SUMMER | {"holdout_share": 0})],
        "experiments.x.holdout_share",
        "more than 0",
    ),
    ("share of all", [("experiments.x", SUMMER | {"holdout_share": 1})], "experiments.x.holdout_share", "less than 1"),
    ("euros", [("referral.friend_discount_cents", 75.0)], "referral.friend_discount_cents", "75.0 is not a whole"),
    ("no whole number", [("seasons.spread_days", 2.5)], "seasons.spread_days", "2.5 is not a whole number"),
    ("no boolean", [("touchpoints.seasonal.pause", "soms")], "touchpoints.seasonal.pause", "is not true or false"),
    ("no text", [("brand.name", 7)], "brand.name", "7 is not text in quotes"),
    ("no date", [("experiments.x", SUMMER | {"first_on": "1 juni"})], "experiments.x.first_on", "is not a day as"),
    ("no table", [("brand", "Bureau")], "brand", "'Bureau' is not a table"),
    ("no list", [("segments", "alles")], "segments", "is not a list"),
    ("empty list", [("tiers.0.any_of", [])], "tiers[0].any_of", "is empty; list at least 1"),
    (
        "bad name",
        [("touchpoints.Win-Back", SHIPPED["touchpoints"]["win_back"])],
        "touchpoints.Win-Back",
        "small letters",
    ),
    ("bad code", [("offers.loyal15", {"percent": 1, "valid_days": 1})], "offers.loyal15", "capitals and digits"),
    ("bad colour", [("brand.colours.primary", "blauw")], "brand.colours.primary", "is not a colour as"),
    # texts
    ("line break", [("brand.sender_name", "A\r\nBcc: b@x.nl")], "brand.sender_name", "control character"),
    ("line break in a list", [("tiers.0.benefits", ["a", "b\nc"])], "tiers[0].benefits[1]", "control character"),
    # brand
    ("empty name", [("brand.name", " ")], "brand.name", "is empty"),
    ("KvK number", [("brand.kvk_number", "1234567")], "brand.kvk_number", "eight digits"),
    ("VAT number", [("brand.vat_number", "NL123B01")], "brand.vat_number", "nine digits"),
    ("postcode", [("brand.postcode", "892 AB")], "brand.postcode", "is not a postcode"),
    ("phone", [("brand.phone", "bel ons")], "brand.phone", "is not a phone number"),
    ("link without scheme", [("brand.site_url", "www.bureau.nl")], "brand.site_url", "is not a link"),
    ("link that is script", [("brand.review_url", "javascript:alert(1)")], "brand.review_url", "is not a link"),
    ("link that breaks out", [("brand.site_url", 'https://a.nl/"><b>')], "brand.site_url", "is not a link"),
    ("link with a bad port", [("brand.logo_url", "https://[a.nl/")], "brand.logo_url", "is not a link"),
    ("address", [("brand.reply_address", "info@bureau")], "brand.reply_address", "is not an e-mail address"),
    ("comma in the sender", [("brand.sender_name", "Broersma, Bureau")], "brand.sender_name", "comma or semicolon"),
    ("pale buttons", [("brand.colours.primary", "#88bbcc")], "brand.colours.primary", "hard to read"),
    ("a flag in words", [("trade.calculates", "yes")], "trade.calculates", "true or false"),
    ("another firm", [("trade.other_firm", "bureau")], "trade.other_firm", "such as 'een ander bureau' or"),
    ("bad dark colour", [("brand.colours.dark.card", "#222")], "brand.colours.dark.card", "is not a colour as"),
    ("unknown dark colour", [("brand.colours.dark.acent", "#ffffff")], "brand.colours.dark.acent", "mean 'accent'?"),
    (
        "a day's colour at night",
        [("brand.colours.dark.primary", "#7a1f4e")],
        "brand.colours.dark.primary",
        "#7a1f4e with box (#2a343a) has contrast 1.3, less than 4.5: hard to read. Take a lighter one.",
    ),
    (
        "light ground at night",
        [("brand.colours.dark.box", "#666666")],
        "brand.colours.dark.box",
        "#666666 with #dba777, a colour of our words there, has contrast",
    ),
    ("pale text", [("brand.colours.text", "#aaaaaa")], "brand.colours.text", "hard to read"),
    (
        "a curve that falls",
        [("figures.target_curve", {"6": 0.2, "12": 0.1})],
        "figures.target_curve.12",
        "below the 0.2",
    ),
    ("a target of nothing", [("figures.targets.nps", 0)], "figures.targets.nps", "must be more than 0"),
    ("campaign tag", [("tracking.utm_source", "bouw club")], "tracking.utm_source", "is not fit for a link"),
    # references
    ("unknown offer", [("touchpoints.win_back.offer", "WELKOM2O")], "touchpoints.win_back.offer", "mean 'WELKOM20'?"),
    (
        "supersedes nothing",
        [("touchpoints.small_to_large.supersedes", [{"touchpoint": "aniversary"}])],
        "touchpoints.small_to_large.supersedes[0].touchpoint",
        "Did you mean 'anniversary'?",
    ),
    (
        "supersedes itself",
        [("touchpoints.seasonal.supersedes", [{"touchpoint": "seasonal"}])],
        "touchpoints.seasonal.supersedes[0].touchpoint",
        "cannot supersede itself",
    ),
    (
        "supersedes twice",
        [("touchpoints.dakkapel_to_uitbouw.supersedes", [{"touchpoint": "seasonal"}, {"touchpoint": "seasonal"}])],
        "touchpoints.dakkapel_to_uitbouw.supersedes[1].touchpoint",
        "named twice",
    ),
    (
        "supersedes in a ring",
        [("touchpoints.anniversary.supersedes", [{"touchpoint": "small_to_large"}])],
        "touchpoints.anniversary.supersedes",
        "anniversary → small_to_large → anniversary",
    ),
    (
        "supersedes another flow's",
        [("touchpoints.anniversary.supersedes", [{"touchpoint": "win_back"}])],
        "touchpoints.anniversary.supersedes[0].touchpoint",
        "a flow sees its own touchpoints alone",
    ),
    (
        "shares no occasion",
        [("touchpoints.dakkapel_to_uitbouw.supersedes", [{"touchpoint": "seasonal", "same_occasion": True}])],
        "touchpoints.dakkapel_to_uitbouw.supersedes[0].same_occasion",
        "one is season_start",
    ),
    (
        "unknown tier of a cap",
        [("caps.held_by_invoice_from_tier", "silver")],
        "caps.held_by_invoice_from_tier",
        "zilver",
    ),
    (
        "curve by something else than months",
        [("figures.target_curve", {"jaar": 0.1})],
        "figures.target_curve.jaar",
        "is not a whole number of months from 1 to 999",
    ),
    (
        "unknown tier of a condition",
        [("touchpoints.tier_upgrade.conditions", [{"name": "tier_at_least", "tier": "gold"}])],
        "touchpoints.tier_upgrade.conditions[0].tier",
        "Did you mean 'goud'?",
    ),
    (
        "unknown segment of a condition",
        [("touchpoints.small_to_large.conditions", [{"name": "not_of_segment", "segment": "profesional"}])],
        "touchpoints.small_to_large.conditions[0].segment",
        "Did you mean 'professional'?",
    ),
    # the office
    ("it closes before it opens", [("care.closes", "08:30")], "care.closes", "not later than opens 09:00"),
    ("it closes when it opens", [("care.opens", "17:00")], "care.closes", "the office never opens"),
    ("no such country", [("care.holidays", "ZZ")], "care.holidays", "write the two letters of ISO 3166"),
    ("country in words", [("care.holidays", "Nederland")], "care.holidays", "is not a code of two capitals"),
    ("no such holiday", [("care.open_on", ["Goede vrijdg"])], "care.open_on[0]", "Did you mean 'Goede vrijdag'?"),
    ("holiday of elsewhere", [("care.holidays", "BE")], "care.open_on[0]", "of BE; it has: Nieuwjaar"),
    ("date in quotes", [("care.open_on", ["2026-04-03"])], "care.open_on[0]", "A date stands without quotes"),
    ("a key as pydantic marks one", [("caps.[key]", 1)], 'caps."[key]"', "is not a key that is known here"),
    # touchpoints
    ("no touchpoint", [("touchpoints", {})], "touchpoints", "holds no touchpoint"),
    (
        "condition of another anchor",
        [("touchpoints.seasonal.conditions", [{"name": "no_feedback"}])],
        "touchpoints.seasonal.conditions[0].name",
        "needs anchor project_delivered",
    ),
    (
        "types without a project",
        [("touchpoints.seasonal.project_types", ["uitbouw"])],
        "touchpoints.seasonal.project_types",
        "fits anchor project_delivered alone",
    ),
    (
        "value without a project",
        [("touchpoints.win_back.value_below_cents", 100)],
        "touchpoints.win_back.value_below_cents",
        "fits anchor project_delivered alone",
    ),
    (
        "value that lets nothing through",
        [("touchpoints.small_to_large.value_below_cents", 0)],
        "touchpoints.small_to_large.value_below_cents",
        "lets no project through",
    ),
    (
        "season of a season",
        [("touchpoints.seasonal.to_next_season", True)],
        "touchpoints.seasonal.to_next_season",
        "already",
    ),
    (
        "spread without season",
        [("touchpoints.anniversary.spread", True)],
        "touchpoints.anniversary.spread",
        "no season",
    ),
    (
        "target had already",
        [("touchpoints.uitbouw_to_draagmuur.target", "uitbouw")],
        "touchpoints.uitbouw_to_draagmuur.target",
        "would never come due",
    ),
    # segments, tiers and the smaller tables
    ("segment twice", [("segments.1.id", "professional")], "segments[1].id", "used twice"),
    ("segment that takes all", [("segments.1.when", {})], "segments[1]", "takes everyone"),
    ("nobody takes the rest", [("segments.4.when", {"delivered_at_least": 1})], "segments[4]", "must take everyone"),
    (
        "segment that asks twice",
        [("segments.2.when", {"delivered_at_least": 2, "delivered_exactly": 1})],
        "segments[2].when.delivered_exactly",
        "Delete one",
    ),
    ("tier twice", [("tiers.3.id", "brons")], "tiers[3].id", "used twice"),
    ("prefix twice", [("tiers.2.code_prefix", "ZILVER")], "tiers[2].code_prefix", "used twice"),
    ("prefix with a space", [("tiers.2.code_prefix", "GOUD 1")], "tiers[2].code_prefix", "capitals and digits"),
    (
        "discount that falls",
        [("tiers.2.discount_percent", 9)],
        "tiers[2].discount_percent",
        "less than the 10 of 'zilver'",
    ),
    (
        "threshold that falls",
        [("tiers.2.any_of", [{"delivered_at_least": 2}])],
        "tiers[2].any_of",
        "not more than the 2",
    ),
    ("way without a measure", [("tiers.0.any_of", [{}])], "tiers[0].any_of[0]", "no measure"),
    (
        "way with two measures",
        [("tiers.3.any_of", [{"delivered_at_least": 9, "spend_cents_at_least": 1}])],
        "tiers[3].any_of[0]",
        "exactly one of",
    ),
    ("no season", [("seasons.starts", {})], "seasons.starts", "touchpoint 'seasonal' waits for one"),
    (
        "two seasons in a month",
        [("seasons.starts.lente", {"month": 3, "day": 20})],
        "seasons.starts.lente.month",
        "also the month of 'voorjaar'",
    ),
    (
        "path goes round",
        [("personalisation.natural_path", ["dakkapel", "uitbouw", "draagmuur", "dakkapel", "renovatie"])],
        "personalisation.natural_path",
        "2 times",
    ),
    (
        "path ends from nowhere",
        [("personalisation.path_ends_early_from", ["renovatie"])],
        "personalisation.path_ends_early_from[0]",
        "no step of natural_path before its last",
    ),
    ("rewards start late", [("referral.steps.0.from_n", 2)], "referral.steps[0].from_n", "must start at 1"),
    ("rewards out of order", [("referral.steps.2.from_n", 3)], "referral.steps[2].from_n", "not more than the 3"),
    ("bands upside down", [("health.at_risk_from", 80)], "health.at_risk_from", "no client could be at risk"),
    ("health beyond full", [("health.healthy_from", 101)], "health.healthy_from", "more than the full score"),
    ("reward for silence", [("health.inactive_points", 20)], "health.inactive_points", "as -20"),
    # experiments
    (
        "experiment on nothing",
        [("experiments.x", SUMMER | {"touchpoint": "seizoen"})],
        "experiments.x.touchpoint",
        "there is no touchpoint 'seizoen'",
    ),
    (
        "experiment on a survey",
        [("experiments.x", SUMMER | {"touchpoint": "survey_nps"})],
        "experiments.x.touchpoint",
        "holds nobody out",
    ),
    (
        "experiment ends first",
        [("experiments.x", SUMMER | {"last_on": "2026-05-31"})],
        "experiments.x.last_on",
        "before",
    ),
    (
        "experiments overlap",
        [("experiments.x", SUMMER), ("experiments.y", AUTUMN)],
        "experiments.y.first_on",
        "overlaps 'x'",
    ),
    # money
    ("rates out of order", [("partners.rates.1.from_n", 1)], "partners.rates[1].from_n", "not more than the 1"),
    ("an account that is none", [("payouts.iban", "NL00ABNA0123456789")], "payouts.iban", "is not an IBAN"),
    ("an account without a holder", [("payouts.holder", " ")], "payouts.holder", "is empty"),
    ("no BIC", [("payouts.bic", "ABNA")], "payouts.bic", "8 or 11 capitals"),
    ("one name for two", [("people.1.name", "anke  WIERSMA")], "people[1].name", "is used twice"),
    ("one address for two", [("people.1.email", "A.Wiersma@bureaubroersma.example")], "people[1].email", "used twice"),
    ("a person without an address", [("people.0.email", "anke")], "people[0].email", "is not an e-mail address"),
    ("a role that is none", [("people.0.roles", ["boss"])], "people[0].roles[0]", "is not known"),
    ("nobody to manage", [("people", [])], "people", "nobody has the role engineer, manager, management"),
]


def test_the_shipped_programme_is_in_order() -> None:
    """The programme that ships has no fault."""
    assert faults_of() == []


@pytest.mark.parametrize(("changes", "key", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_kind_of_fault_is_told_once(changes: list[tuple[str, Any]], key: str, words: str) -> None:
    """Each mistake gives exactly one fault, at the key that is wrong, on one line and in our own words."""
    faults = faults_of(*changes)
    assert [fault.key for fault in faults] == [key]
    assert words in faults[0].text
    assert "\n" not in faults[0].text
    assert not re.search(r"[Ii]nput should|type=|pydantic", faults[0].text)


@pytest.mark.parametrize(
    "changes",
    [
        [("care.open_on", ["BEVRIJDINGSDAG", date(2026, 5, 14)])],
        [("care.open_on", [])],
        [("care.holidays", "BE"), ("care.open_on", ["Wapenstilstand"])],
        [("care.opens", "22:00"), ("care.closes", "22:01")],
    ],
)
def test_another_firms_office_is_in_order(changes: list[tuple[str, Any]]) -> None:
    """A day off that comes once in five years, another country, other hours."""
    assert faults_of(*changes) == []


def test_a_misspelt_required_key_is_one_fault() -> None:
    """The right name of a misspelt key is not reported missing as well."""
    faults = faults_of(("touchpoints.win_back.offset", GONE), ("touchpoints.win_back.ofset", "6 months"))
    assert [(fault.key, "Did you mean 'offset'?" in fault.text) for fault in faults] == [
        ("touchpoints.win_back.ofset", True)
    ]


def test_a_missing_mail_is_told_with_the_nearest_name() -> None:
    """A touchpoint without its mail is a fault; a file of nearly that name is offered."""
    faults = check(SHIPPED, MAIL_FILES - {"win_back.jinja", "seasonal.jinja"} | {"winback.jinja"})
    assert [fault.key for fault in faults] == ["touchpoints.seasonal", "touchpoints.win_back"]
    assert "templates/mail/win_back.jinja does not exist; write it. Did you mean 'winback.jinja'?" in faults[1].text
    assert check(SHIPPED, None) == []


@pytest.mark.slow
def test_faults_do_not_hide_each_other() -> None:
    """All mistakes of a file are told at once, whether the types or the references find them."""
    found = [fault.key for case in CASES[1:] for fault in faults_of(*case[1])]
    several = [case for case in CASES if case[0] in ALONE_IN_THEIR_TABLE]
    faults = faults_of(*(change for case in several for change in case[1]))
    assert sorted(fault.key for fault in faults) == sorted(case[2] for case in several)
    assert set(found) >= {fault.key for fault in faults}


ALONE_IN_THEIR_TABLE = {
    "bad offset",
    "missing key",
    "pale buttons",
    "KvK number",
    "unknown offer",
    "supersedes nothing",
    "condition of another anchor",
    "rewards out of order",
    "bands upside down",
    "discount that falls",
    "experiments overlap",
    "unknown tier of a cap",
    "path ends from nowhere",
}


def test_a_faulty_anchor_does_not_make_its_conditions_faulty() -> None:
    """What depends on a value that is itself wrong is given the benefit of the doubt."""
    assert [fault.key for fault in faults_of(("touchpoints.tier_upgrade.anchor", "tier"))] == [
        "touchpoints.tier_upgrade.anchor"
    ]


def test_experiments_that_follow_each_other_are_fine() -> None:
    """Two holdouts on one touchpoint may touch no day in common; on two touchpoints they may."""
    later = {**AUTUMN, "first_on": "2026-09-01"}
    assert faults_of(("experiments.x", SUMMER), ("experiments.y", later)) == []
    other = {**AUTUMN, "touchpoint": "win_back"}
    assert faults_of(("experiments.x", SUMMER), ("experiments.y", other)) == []


def test_a_second_check_prepares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads a faulty file's values, and which mails the rooms have, is found out once a process."""
    first = faults_of(("caps.zzz", 1))
    monkeypatch.setattr("programme.terms.faults.TypeAdapter", None)
    monkeypatch.setattr("programme.terms.kinds.find_spec", None)
    assert faults_of(("caps.zzz", 1)) == first


def test_a_longer_ring_is_one_fault() -> None:
    """Three touchpoints in a ring make one fault that shows the ring."""
    faults = faults_of(
        ("touchpoints.anniversary.supersedes", [{"touchpoint": "uitbouw_to_draagmuur"}]),
        ("touchpoints.uitbouw_to_draagmuur.supersedes", [{"touchpoint": "small_to_large"}]),
    )
    assert [fault.key for fault in faults] == ["touchpoints.anniversary.supersedes"]
    assert "anniversary → uitbouw_to_draagmuur → small_to_large → anniversary" in faults[0].text


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """The ratio is the published one, whichever colour comes first."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_lines_point_at_the_key_or_the_nearest_around_it() -> None:
    """A key has its own line; what stands inside a line or is missing has that of the table around it."""
    lines = lines_of_keys(SHIPPED_TEXT)
    rows = SHIPPED_TEXT.splitlines()
    assert rows[(line_of(("touchpoints", "win_back", "offset"), lines) or 0) - 1] == 'offset = "6 months"'
    assert rows[(line_of(("tiers", 2, "discount_percent"), lines) or 0) - 1] == "discount_percent = 15"
    assert rows[(line_of(("tiers", 2, "any_of", 0), lines) or 0) - 1].startswith("any_of = [{ delivered_at_least = 3")
    assert rows[(line_of(("touchpoints", "win_back", "missing"), lines) or 0) - 1] == "[touchpoints.win_back]"
    assert line_of(("nothing",), lines) is None


def test_lines_of_texts_of_many_lines_are_no_keys() -> None:
    """What looks like a key inside a long text is none; tables below a list's entry belong to that entry."""
    text = 'a = """\nb = 1\n[c]\n"""\nd = """one line"""\n[[e]]\n[e.f]\ng = 1\n[[e]]\n[e.f]\n"g.h" = 2 # [x]\n'
    assert lines_of_keys(text) == {
        ("a",): 1,
        ("d",): 5,
        ("e", 0): 6,
        ("e", 0, "f"): 7,
        ("e", 0, "f", "g"): 8,
        ("e", 1): 9,
        ("e", 1, "f"): 10,
        ("e", 1, "f", "g.h"): 11,
    }


PATHS = [
    (table, *rest)
    for table, inner in SHIPPED.items()
    for rest in ([()] if not isinstance(inner, dict) else [(key,) for key in inner])
] + [("touchpoints", name, key) for name, touchpoint in SHIPPED["touchpoints"].items() for key in touchpoint]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.slow
@settings(deadline=None)
@given(path=st.sampled_from(PATHS), junk=JUNK)
@example(path=("partners", "rates"), junk=[{"": None}])  # a key nobody knows, within a table that may be absent
@example(path=("touchpoints", "feedback_request"), junk={"[key]": None})  # as pydantic marks a bad key
@example(path=("offers", "[key]"), junk={})
@example(path=("figures", "target_curve"), junk={"[key]": 2})
def test_no_value_whatever_breaks_the_check(path: tuple[str, ...], junk: Any) -> None:
    """Any value at any place gives faults of one line each, never an error of ours."""
    raw = copy.deepcopy(SHIPPED)
    table = raw
    for part in path[:-1]:
        table = table[part]
    table[path[-1]] = junk
    for fault in check(raw, MAIL_FILES):
        assert "\n" not in fault.in_file("programme.toml")
