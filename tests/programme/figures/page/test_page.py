"""What the page says of a figure, and what it keeps silent about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.settings import ROOT
from programme.figures.families.cohorts import Period
from programme.figures.families.funnels import ExperimentResult, Funnel
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, Sample, rate_of
from programme.figures.lights import Figure, FigureKey, MonthsToRepeat, Retention, Status
from programme.figures.page.cards import card_of
from programme.figures.page.levers import LEVERS, changes_of, value_of
from programme.figures.page.page import figures_page
from programme.figures.page.sections.cohorts import groups_of
from programme.figures.page.sections.trials import result_words
from programme.figures.report import By
from programme.figures.staff_mails import figures_mail
from tests import factories as make
from tests.sample_report import AS_OF, sample_report
from tests.sample_reports import big_report, empty_report, one_client_report

PROGRAMME = make.programme()
REPEAT = FigureKey.REPEAT_CUSTOMER_RATE


def card(rate: Rate, before: float | None = 0.05, target: float | None = 0.15, key: FigureKey = REPEAT):  # type: ignore[no-untyped-def]
    return card_of(Figure(key, rate, target, before, 20), PROGRAMME)


def test_a_figure_is_told_in_its_order() -> None:
    """The count, how sure it is, the target; then what it was, and whether that lies within the bounds."""
    told = card(rate_of(15, 284))

    assert str(told.says) == (
        "15 van 284 klanten kochten vaker dan één keer: 5%, eerlijk gezegd tussen 3 en 9%. "
        "Het doel is 15%, nog 10 procentpunt te gaan."
    )
    assert told.before_says == (
        "Drie maanden geleden: 5%. Dat valt binnen de grenzen van nu; er hoeft niets veranderd te zijn."
    )
    assert (told.number, told.beside, told.light, told.trend) == ("5%", "15 van 284", "onder doel", "was 5%, gelijk")


@pytest.mark.parametrize(
    ("rate", "number", "between"),
    [
        (rate_of(1, 284), "0,4%", "tussen 0,1 en 2,0%"),
        (rate_of(284, 284), "100,0%", "tussen 98,7 en 100,0%"),
        (rate_of(48_915, 981_204), "4,99%", "tussen 4,94 en 5,03%"),
        (rate_of(10, 20), "50%", "tussen 30 en 70%"),
    ],
)
def test_a_number_is_as_precise_as_its_interval(rate: Rate, number: str, between: str) -> None:
    """Nobody reads "between 5 and 5 %", and nobody 5.28 % of 284."""
    told = card(rate)
    assert (told.number, told.says.bold) == (number, between)


@pytest.mark.parametrize(
    ("measured", "target", "key", "status"),
    [
        (rate_of(5, 30), 0.10, FigureKey.CHURN_RATE, Status.AMBER),  # 0.10 of 1/6 is 60 %, of 0.166667 it is not
        (MonthsToRepeat(12.00004, 1_000, None, None), 12, FigureKey.MONTHS_TO_REPEAT, Status.AMBER),
        (Nps(30, 20, 2), 60, FigureKey.NPS, Status.GREEN),
        (Retention(rate_of(2, 30), 0), 1 / 15, FigureKey.RETENTION_RATE, Status.GREEN),
    ],
)
def test_the_light_is_of_the_number_before_it_was_rounded(
    measured: Rate | MonthsToRepeat | Nps | Retention, target: float, key: FigureKey, status: Status
) -> None:
    """Rounding is for the eye alone."""
    assert Figure(key, measured, target, None, 20).status is status


def test_with_a_number_of_few_nothing_is_compared() -> None:
    """Three months ago it was 2 of 3: no percentage, and no change that one client would have turned."""
    figure = Figure(REPEAT, rate_of(15, 284), 0.15, 2 / 3, 20, before_n=3)
    told = card_of(figure, PROGRAMME)

    assert told.before_says == "Drie maanden geleden waren er te weinig klanten om te vergelijken."
    assert (told.trend, told.is_changed) == ("", False)
    assert figure.as_json()["before"] == 2 / 3


def test_of_few_there_is_no_number_light_or_picture() -> None:
    """Below 20 the card counts, and says why it says no more."""
    told = card(rate_of(9, 14))

    assert told.few == "Te weinig om iets te zeggen (9 van 14)"
    assert (told.number, told.beside, told.trend, told.before_says, told.scale) == ("", "", "", "", None)
    assert told.status is Status.NONE
    assert "%" not in str(told.says).replace("Het doel is 15%", "")


def test_what_lies_outside_the_bounds_of_now_has_changed() -> None:
    """A number of a quarter ago within the bounds may be chance, and is no change."""
    assert card(rate_of(247, 669), before=0.31).is_changed
    assert not card(rate_of(247, 669), before=0.35).is_changed
    assert not card(rate_of(9, 14), before=0.01).is_changed


def test_a_target_within_the_bounds_is_not_called_missed() -> None:
    """22 of 148 against at most 10 %: the true share may well be 10.1 %."""
    assert "dat valt binnen deze grenzen" in str(card(rate_of(20, 148), target=0.15).says)


def test_one_reads_as_one() -> None:
    """No "1 klanten kochten"."""
    assert str(card(rate_of(1, 40)).says).startswith("1 van 40 klanten kocht vaker")
    answers = card_of(Figure(FigureKey.NPS, Nps(1, 1, 0), 60, None, 20), PROGRAMME)
    assert answers.few == "Te weinig om iets te zeggen (1 antwoord)"


def test_one_reads_as_one_in_sentences() -> None:
    """One promoter, one unsubscribe, one day."""
    nps = Figure(FigureKey.NPS, Nps(25, 1, 3), 60, None, 20)
    assert "Van 25 antwoorden gaf 1 een 9 of 10 en 3 een 6 of lager" in str(card_of(nps, PROGRAMME).says)

    report = sample_report()
    funnels = (Funnel("check_in", planned=40, delivered=40, unsubscribed=1),)
    referrals = report.referrals._replace(days_to_qualify=[1])
    page = figures_page(replace(report, touchpoints=funnels, referrals=referrals), PROGRAMME)
    assert page.mails.burden.startswith("Van 40 bezorgde mails leidde er 1 tot een afmelding")
    assert [pair.text for pair in page.referrals if pair.name.endswith("midden")] == ["1 dag"]


def test_the_mean_time_has_the_honest_number_beside_it() -> None:
    """The mean is over those who came back; the quartile over everyone, or "not reached"."""
    reached = card_of(Figure(FigureKey.MONTHS_TO_REPEAT, MonthsToRepeat(14.2, 21, 578, None), 12, None, 20), PROGRAMME)
    never = card_of(Figure(FigureKey.MONTHS_TO_REPEAT, MonthsToRepeat(14.2, 21, None, None), 12, None, 20), PROGRAMME)

    assert "Een kwart van alle klanten was binnen 19 maanden terug." in str(reached.says)
    assert "nog niet bereikt" in str(never.says)
    assert reached.scale is not None
    assert reached.scale.dot is None  # never a dot without its band
    assert never.scale is None


def test_a_quarter_reached_by_a_handful_is_not_told() -> None:
    """Where fewer than the least are left in sight the curve falls by the fate of each; the picture ends there too."""
    of_few = Figure(FigureKey.MONTHS_TO_REPEAT, MonthsToRepeat(14.2, 21, 578, 900, (19, 3)), 12, None, 20)
    told = card_of(of_few, PROGRAMME)
    assert "Wanneer een kwart van alle klanten terug is: nog niet te zeggen." in str(told.says)
    assert told.scale is None
    enough = card_of(replace(of_few, measured=MonthsToRepeat(14.2, 21, 578, 900, (20, 3))), PROGRAMME)
    assert "binnen 19 maanden terug" in str(enough.says)
    assert enough.scale is not None
    assert "de helft" not in enough.scale.says


def test_changes_come_first_and_then_the_furthest_from_its_target() -> None:
    """What needs no act says so."""
    names = [change.name for change in changes_of(sample_report(), PROGRAMME)]
    assert names == ["email_engagement", "referral_rate", "repeat_customer_rate", "churn_rate", "nps"]
    assert changes_of(sample_report(), PROGRAMME)[0].lever.does.startswith("Niets doen.")
    assert changes_of(empty_report(), PROGRAMME) == []


@pytest.mark.parametrize("key", FigureKey)
@pytest.mark.parametrize("report", [sample_report(), empty_report(), big_report()], ids=["sample", "empty", "big"])
def test_every_lever_is_there_to_be_turned(key: FigureKey, report) -> None:  # type: ignore[no-untyped-def]
    """Its key stands in the programme, or names a template that exists; the section it links to is on the page."""
    lever = LEVERS[key](report, PROGRAMME)
    if lever.key.startswith("templates/"):
        assert (ROOT / lever.key).exists()
    elif lever.key:
        assert value_of(PROGRAMME, lever.key)
    assert lever.section in {"mails", "klachten", "aanbevelen"}


def test_a_lever_follows_what_held_the_mails_back() -> None:
    """Where the cap held most of them, it is the cap; where consent did, nothing in the programme helps."""
    held = Funnel("anniversary", planned=9, skipped={"no_consent": 30}, deferred={"frequency_cap": 44})
    capped = replace(sample_report(), touchpoints=(held,))
    without = replace(sample_report(), touchpoints=(replace(held, deferred={}),))

    assert LEVERS[REPEAT](capped, PROGRAMME).key == "caps.marketing_gap_days"
    assert LEVERS[REPEAT](capped, PROGRAMME).now == "7"
    assert LEVERS[REPEAT](without, PROGRAMME).key == ""
    assert "toestemming" in LEVERS[REPEAT](without, PROGRAMME).does


def test_a_firm_without_such_mails_still_has_something_to_do() -> None:
    """Levers are found by what a touchpoint is, not by its name."""
    alone = make.programme(touchpoints={"hallo": make.programme().model_dump()["touchpoints"]["check_in"] | {
        "offset": "14 days", "supersedes": [],
    }})  # fmt: skip
    for key in FigureKey:
        assert LEVERS[key](sample_report(), alone).does


def test_groups_are_compared_at_one_age_and_never_when_few() -> None:
    """The sample's second quarter is compared with its first; one client is with none."""
    groups = groups_of(sample_report(), Period.QUARTER, 12)
    assert [line.arrows.repeat for line in groups.lines] == ["", "same", ""]
    assert groups_of(one_client_report(), Period.QUARTER, 12).lines[0].arrows == ("", "", "")


def test_an_arrow_stands_beside_money_only_where_it_is_more_than_chance() -> None:
    """The orders of the sample differ by hundreds of euros, the means of its quarters by tens."""
    report = sample_report()
    line = groups_of(report, Period.QUARTER, 12).lines[1]
    assert (line.arrows.first, line.arrows.revenue) == ("same", "same")
    trend = report.cohorts[Period.QUARTER][1].trend
    assert trend is not None
    alike = replace(trend.now, revenue=Sample(43, 43 * 120_000, 43 * 120_000**2))
    first, second = report.cohorts[Period.QUARTER][:2]
    told = replace(report, cohorts={Period.QUARTER: [first, replace(second, trend=replace(trend, now=alike))]})
    assert groups_of(told, Period.QUARTER, 12).lines[1].arrows.revenue == "up"


def test_a_quarter_that_runs_is_marked_and_the_future_is_empty() -> None:
    """Neither looks like a quarter in which nobody came."""
    cells = groups_of(sample_report(), Period.QUARTER, 12).lines[1].cells
    assert [(cell.text, cell.shade) for cell in cells] == [("43", "first"), ("5", "q4"), ("0", "run"), ("", "")]


def test_what_the_tables_leave_out_is_said() -> None:
    """In numbers as one writes them; a million clients have 48 quarters and a thousand campaigns."""
    page = figures_page(big_report(), PROGRAMME)
    assert page.quarters.not_shown == "Ouder dan deze twaalf groepen: 36 groepen."
    assert page.months.not_shown == "Ouder dan deze 24 groepen: 24 groepen."
    assert page.mails.hidden == "979"
    quarters = big_report().cohorts[Period.QUARTER]
    of_13 = groups_of(replace(big_report(), cohorts={Period.QUARTER: quarters[-13:]}), Period.QUARTER, 12)
    assert (of_13.not_shown, of_13.is_cut) == ("Ouder dan deze twaalf groepen: één groep.", False)
    sparse = groups_of(replace(big_report(), cohorts={Period.QUARTER: quarters[::6]}), Period.QUARTER, 12)
    assert (sparse.not_shown, sparse.is_cut, sparse.columns) == ("", True, 13)


def test_a_trial_that_runs_says_its_day_and_nothing_else() -> None:
    """No count either: looking early misleads. One that has not begun does not run."""
    running = sample_report().experiments[1]
    told = "De uitslag is er op 14 mei 2026."
    assert result_words(running, running.first_on, 20) == ("Loopt nog. Eerder kijken zou misleiden.", told)
    before = running.first_on - timedelta(days=1)
    assert result_words(running, before, 20) == ("Begint op 5 januari 2026.", told)


@pytest.mark.parametrize(
    ("treated", "held_out", "meaning"),
    [
        (rate_of(9, 172), rate_of(1, 43), "Wij weten nu niet of de mail iets doet."),
        (rate_of(90, 400), rate_of(10, 200), "De mail doet waarschijnlijk iets: met de mail bestellen er meer."),
        (rate_of(10, 400), rate_of(50, 200), "De mail doet waarschijnlijk iets: met de mail bestellen er minder."),
        (rate_of(9, 172), rate_of(1, 12), "Dat zijn er te weinig om iets te zeggen."),
    ],
)
def test_an_ended_trial_says_what_we_know_and_what_not(treated: Rate, held_out: Rate, meaning: str) -> None:
    """By whether nought lies within Newcombe's interval."""
    ended = ExperimentResult("x", "seasonal", AS_OF, AS_OF, 90, AS_OF, 0, 0, treated, held_out)
    assert result_words(ended, AS_OF, 20)[1] == meaning


def test_a_trial_that_found_something_shows_no_bound_of_nought() -> None:
    """Beside "tussen 0 en 11" nobody would believe that there is a difference."""
    ended = ExperimentResult("x", "seasonal", AS_OF, AS_OF, 90, AS_OF, 0, 0, rate_of(62, 400), rate_of(19, 200))
    measured, meaning = result_words(ended, AS_OF, 20)
    assert meaning == "De mail doet waarschijnlijk iets: met de mail bestellen er meer."
    assert measured.endswith("Het verschil is 6,0 procentpunt, eerlijk gezegd tussen 0,2 en 11,1.")


def test_the_head_says_whether_customers_come_back() -> None:
    """In one sentence, in every state."""
    assert str(figures_page(sample_report(), PROGRAMME).lead).startswith("Nog te weinig: 15 van de 284 klanten gaven")
    of_one = str(figures_page(one_client_report(), PROGRAMME).lead)
    assert of_one.startswith("Te vroeg om te zeggen: 0 van de 1 klant gaf ")
    assert str(figures_page(empty_report(), PROGRAMME).lead).startswith("Er is nog geen project geleverd.")


def test_where_nothing_changed_the_page_claims_no_more() -> None:
    """Too few are not "none below its target", and what is not compared is not "the same"."""
    page = figures_page(one_client_report(), PROGRAMME)
    assert page.unchanged == "Er is nog te weinig om te zeggen wat veranderde."
    assert figures_mail(page, "")["act"] == "Niets. Er is nog te weinig om te zeggen wat veranderde."
    assert page.unrestated == "Geen eerder afgesloten cijfer is nu anders."
    assert "geen cijfer ligt onder zijn doel" in figures_page(sample_report(), PROGRAMME).unchanged
    of_people = figures_page(replace(one_client_report(), by=By.RECIPIENT), PROGRAMME)
    assert of_people.unrestated.startswith("Eerder afgesloten cijfers worden alleen per klant vergeleken")
