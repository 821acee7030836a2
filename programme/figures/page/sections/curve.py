"""How fast customers come back, beside the target: the line with its band as a picture, and the same as a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from programme.figures.families.cohorts import DAYS_A_MONTH, Period
from programme.figures.families.curves import Step
from programme.figures.page.sections.cohorts import cohort_words, last_day_of
from programme.figures.page.words import customers_in_words, days_in_months, too_few
from programme.figures.report import ALL, Report
from programme.terms.schema import Programme
from programme.words.numerals import dotted, percent_number, places_between, round_steps, share_words

WIDTH, HEIGHT = 920, 340
LEFT, RIGHT, TOP, BOTTOM = 52, 900, 16, 300  # of the field, in the picture's own units
YEARS_SHOWN = 3
MONTHS_WITHOUT_TARGET = (6, 12, 24, 36)
NOT_YET = "nog niet te zeggen"


@dataclass(frozen=True)
class Row:
    """The curve at one number of months."""

    months: int
    in_sight: str
    came_back: str
    between: str
    target: str


@dataclass(frozen=True)
class Tick:
    """A line of the scale at `at`, with its label."""

    at: float
    text: str


@dataclass(frozen=True)
class Curve:
    """The picture and its table.

    Attributes:
        line, band, goal: paths of SVG; empty where there is nothing to draw.
        label: (x, y, anchor) of the line's name: beyond its end, or above it where the paper ends.
        few: says that there are too few customers; then there is no picture.
        by_quarter: per quarter of the first occasion, what came back at each of `months`.
    """

    rows: Sequence[Row]
    by_quarter: Sequence[tuple[str, Sequence[str]]]
    months: Sequence[int]
    says: str
    few: str = ""
    line: str = ""
    band: str = ""
    goal: str = ""
    goal_dots: Sequence[tuple[float, float]] = ()
    label: tuple[float, float, str] = (0, 0, "")
    across: Sequence[Tick] = ()
    upwards: Sequence[Tick] = ()


def curve_of(report: Report, programme: Programme) -> Curve:
    """The curve of all customers against the target curve."""
    steps, targets = report.curve.get(ALL, ()), dict(programme.figures.target_points)
    months = tuple(targets) or MONTHS_WITHOUT_TARGET
    customers = report.value.customers
    if customers < report.small_n or not steps:
        few = "Er kwam nog niemand terug" if customers >= report.small_n else too_few(customers_in_words(customers))
        return Curve((), (), months, few, few)
    # Where too few are left in sight a line would show the fate of a handful.
    kept = [step for step in steps if step.at_risk >= report.small_n]
    last = _last_day(report, kept)
    width = max(YEARS_SHOWN * 12, *months)
    kept = [step for step in kept if step.day <= width * DAYS_A_MONTH]
    paper = _Paper(width, _highest(kept, targets.values()))
    points, goal = list(_points(kept, last, paper)), _goal(targets, paper)
    rows = [_row(number, steps, last, targets, report.small_n) for number in months]
    return Curve(
        rows,
        _by_quarter(report, months),
        months,
        _says(rows),
        line=_stairs(points),
        band=_area(kept, last, paper),
        goal=_path(goal),
        goal_dots=goal[1:],
        label=_label(points[-1], goal[-1:]),
        across=_across(paper),
        upwards=_upwards(paper),
    )


@dataclass(frozen=True)
class _Paper:
    """Where a month and a share lie in the picture."""

    months: int
    highest: float

    def x(self, days: float) -> float:
        return round(LEFT + min(days / DAYS_A_MONTH / self.months, 1) * (RIGHT - LEFT), 1)

    def y(self, share: float) -> float:
        return round(BOTTOM - min(max(share / self.highest, 0), 1) * (BOTTOM - TOP), 1)


def _last_day(report: Report, kept: Sequence[Step]) -> int:
    """The last day, counted from the first order, on which enough customers were left in sight."""
    return max(report.in_sight_until or 0, kept[-1].day if kept else 0)


def _highest(steps: Sequence[Step], targets: Iterable[float]) -> float:
    """The upper end of the scale: a round share above line, band and target."""
    most = max([*(high for _, high in map(_bounds, steps)), *targets, 0.05])
    step, number = round_steps(min(100, round(most * 110)))
    return min(1.0, step * number / 100)


def _points(steps: Sequence[Step], last: int, paper: _Paper) -> Iterator[tuple[float, float]]:
    """One point for each place at which the line rises; of several days within one unit of the picture the last."""
    yield paper.x(0), paper.y(0)
    for x, share in _thinned((paper.x(step.day), 1 - step.survival) for step in steps):
        yield x, paper.y(share)
    if steps:
        yield paper.x(last), paper.y(1 - steps[-1].survival)


def _thinned(points: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    by_place: dict[int, tuple[float, float]] = {}
    for x, share in points:
        by_place[int(x)] = (x, share)
    yield from by_place.values()


def _label(end: tuple[float, float], goal: Sequence[tuple[float, float]]) -> tuple[float, float, str]:
    x, y = end
    if x < RIGHT - 160:
        return x + 10, y + 4, "start"
    # The line rises, so to the left of its end there is room above it; but not where the target line passes.
    is_free = not goal or not y - 50 < goal[0][1] < y
    return x, y - 12 if is_free else y + 30, "end"


def _stairs(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{right:g}V{up:g}" for right, up in rest)


def _area(steps: Sequence[Step], last: int, paper: _Paper) -> str:
    """The band: along its upper edge there, along the lower edge back."""
    if not steps:
        return ""
    bounds = [(paper.x(step.day), *_bounds(step)) for step in steps]
    upper, lower = ([(x, high) for x, _, high in bounds], [(x, low) for x, low, _ in bounds])
    end, edges = paper.x(last), []
    for edge in (upper, lower):
        corners, before = [(paper.x(0), paper.y(0))], paper.y(0)
        for x, share in _thinned(edge):
            corners += [(x, before), (x, paper.y(share))]
            before = paper.y(share)
        edges.append([*corners, (end, before)])
    return _path([*edges[0], *reversed(edges[1])]) + "Z"


def _goal(targets: Mapping[int, float], paper: _Paper) -> list[tuple[float, float]]:
    points = [(paper.x(months * DAYS_A_MONTH), paper.y(share)) for months, share in targets.items()]
    return [(paper.x(0), paper.y(0)), *points] if points else []


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""


def _across(paper: _Paper) -> list[Tick]:
    step = 6 if paper.months <= 48 else 12
    return [Tick(paper.x(months * DAYS_A_MONTH), str(months)) for months in range(0, paper.months + 1, step)]


def _upwards(paper: _Paper) -> list[Tick]:
    step, number = round_steps(round(paper.highest * 100))
    return [Tick(paper.y(place * step / 100), f"{place * step}%") for place in range(number + 1)]


def _row(months: int, steps: Sequence[Step], last: int, targets: Mapping[int, float], small_n: int) -> Row:
    day = months * DAYS_A_MONTH
    target = share_words(targets[months]) if months in targets else "–"
    found = _at(steps, day)
    left = next((step.at_risk for step in steps if step.day >= day), None)
    if last < day:
        return Row(months, "–", NOT_YET, "–", target)
    # The curve tells who was left on days on which somebody came back; on the others at least as many as on the next.
    in_sight = f"{dotted(small_n)} of meer" if left is None or left < small_n else dotted(left)
    share = 1 - found.survival if found else 0.0
    # Of what never or always happened Greenwood's error is nought, which would look like certainty.
    if found is None or found.between is None:
        return Row(months, in_sight, share_words(share), "–", target)
    low, high = found.between
    places = places_between(low, high)
    between = f"{percent_number(low, places)} en {share_words(high, places)}"
    return Row(months, in_sight, share_words(share, places), between, target)


def _bounds(step: Step) -> tuple[float, float]:
    return step.between or (1 - step.survival, 1 - step.survival)


def _at(steps: Sequence[Step], day: float) -> Step | None:
    """The last step up to that day."""
    return next((step for step in reversed(steps) if step.day <= day), None)


def _says(rows: Sequence[Row]) -> str:
    told = [row for row in rows if row.came_back != NOT_YET]
    parts = [
        f"Na {days_in_months(round(row.months * DAYS_A_MONTH))} was {row.came_back} teruggekomen"
        + ("" if row.target == "–" else f"; het doel op dat punt is {row.target}")
        for row in told
    ]
    return ". ".join(parts) + "." if parts else "Nog te weinig klanten zijn lang genoeg klant om iets te zeggen."


def _by_quarter(report: Report, months: Sequence[int]) -> list[tuple[str, list[str]]]:
    """For each quarter what had come back by each number of months; the last three years of them."""
    lines = []
    for cohort in report.cohorts[Period.QUARTER][-4 * YEARS_SHOWN :]:
        steps, age = report.curve.get(cohort.name, ()), (report.as_of - last_day_of(cohort.name)).days
        cells = [_cell(steps, number * DAYS_A_MONTH, age, cohort.customers, report.small_n) for number in months]
        lines.append((cohort_words(cohort.name), cells))
    return lines


def _cell(steps: Sequence[Step], day: float, age: int, customers: int, small_n: int) -> str:
    if age < day:
        return ""
    if customers < small_n:
        return f"te weinig ({dotted(customers)})"
    found = _at(steps, day)
    return share_words(1 - found.survival if found else 0.0)
