"""The report: every figure as of one day, and its JSON, which is a public interface (docs/report.md).

Equal facts give equal bytes: nothing in it comes from a clock, and everything stands in one order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from programme.figures.families.care import CareFigures
from programme.figures.families.cohorts import Cohort, Period
from programme.figures.families.curves import Step
from programme.figures.families.funnels import ExperimentResult, Funnel
from programme.figures.families.referrals import Overview
from programme.figures.families.value import ClientTypes, FirmNumbers, Value
from programme.figures.lights import Figure, FigureKey
from programme.figures.restated import Restated

ALL = "all"  # the curve of all customers, beside those of the quarters


class By(StrEnum):
    """What a figure counts: client records, or the people behind them."""

    CLIENT = "client"
    RECIPIENT = "recipient"


@dataclass(frozen=True)
class Report:
    """All figures as of `as_of`, from facts dated on or before it.

    Attributes:
        data_until: the latest day on which a project, quote, interaction, feedback or referral is dated.
        rfm: customers by code, "555" being the best fifth in recency, number and revenue.
        curve: by "all" and by quarter of the first occasion.
        in_sight_until: the last day, counted from the first occasion, on which `small_n` customers or more had neither
            come back nor been lost from sight; None when there are fewer customers. Not in the JSON.
        firm: what the calculators of the desk begin with; not in the JSON.
        preferences: how many addresses each choice of the preference page stands for: (name, value, number).
    """

    as_of: date
    data_until: date | None
    by: By
    small_n: int
    figures: Mapping[FigureKey, Figure]
    value: Value
    rfm: Mapping[str, int]
    types: ClientTypes
    cohorts: Mapping[Period, Sequence[Cohort]]
    curve: Mapping[str, Sequence[Step]]
    touchpoints: Sequence[Funnel]
    experiments: Sequence[ExperimentResult]
    referrals: Overview
    care: CareFigures
    restated: Sequence[Restated]
    firm: FirmNumbers
    preferences: Sequence[tuple[str, str, int]] = ()
    in_sight_until: int | None = None


def report_json(report: Report) -> dict[str, Any]:
    """The report as JSON has it; the order of its keys is part of it."""
    small_n = report.small_n
    chosen = [{"choice": name, "value": value, "recipients": number} for name, value, number in report.preferences]
    return {
        "as_of": report.as_of.isoformat(),
        "data_until": report.data_until and report.data_until.isoformat(),
        "figures": {key.value: report.figures[key].as_json() for key in FigureKey},
        "value": report.value.as_json(small_n),
        "rfm": dict(sorted(report.rfm.items())),
        "types": report.types._asdict(),
        "cohorts": {period.value: [cohort.as_json(small_n) for cohort in report.cohorts[period]] for period in Period},
        "curve": {name: [step.as_json() for step in curve] for name, curve in report.curve.items()},
        "touchpoints": [funnel.as_json() for funnel in report.touchpoints],
        "experiments": [result.as_json(small_n) for result in report.experiments],
        "referrals": report.referrals.as_json(small_n),
        "care": report.care.as_json(small_n),
        "restated": [each.as_json() for each in report.restated],
        **({"preferences": chosen} if chosen else {}),
    }
