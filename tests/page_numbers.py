"""Every number that a page shows, and every number that its JSON allows there, in the Dutch way of writing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from programme.words.numerals import decimal_words, money_words, percent_number, whole_money_words
from programme.words.wording import SMALL_NUMBERS

NUMBER = re.compile(r"(?<![\w.,])[−-]?\d[\d.]*(?:,\d+)?")
DAYS_A_MONTH = 30.4375
Z = 1.959964
# What the page itself says: the certainty, the months of its definitions, the scales of its pictures, its signs.
OF_THE_PAGE = {
    "95", "12", "36", "24", "6", "18", "30", "90", "1.000", "20", "3", "0", "10", "9", "60", "100", "50", "75", "15",
    "5", "−20", "80", "40", "25", "35", "1", "2", "4", "7", "8", "0,0", "0,00", "−100", "120",
}  # fmt: skip


class Text(HTMLParser):
    """The words of a page, with what its pictures say to whoever does not see them; no styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"
        self.words += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.words.append(data)


def numbers_on(page: str) -> set[str]:
    """Of the text; ids in code and the years of dates are among them."""
    found = {number.rstrip(".") for words in Text(page).words for number in NUMBER.findall(words)}
    return {number for number in found if number}


def allowed_by(report: dict[str, Any]) -> set[str]:
    """The numbers of the JSON as a page may write them, and those that it works out from them in the open."""
    numbers = list(_leaves(report))
    allowed = set(OF_THE_PAGE)
    for number in [*numbers, *_worked_out(report)]:
        allowed |= set(_ways(number))
    shown = {way for figure in report["figures"].values() for number in _of_steps(figure) for way in _ways(number)}
    return allowed | set(SMALL_NUMBERS) | shown | set(_of_dates(report))


def _leaves(value: Any) -> Iterator[float]:
    """Keys of months and codes too, which say how old or where."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (float(part) for part in re.findall(r"\d+", key))
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield from (float(part) for part in re.findall(r"\d+", value))


def _ways(number: float) -> Iterator[str]:
    for places in (0, 1, 2):
        yield decimal_words(number, places)
        yield percent_number(number, places)
    yield money_words(number).replace("€\u00a0", "").replace("\u00a0", "")
    yield whole_money_words(number).replace("€\u00a0", "").replace("\u00a0", "")
    yield decimal_words(number / DAYS_A_MONTH, 0)
    yield decimal_words(number / 7, 0)


def _of_steps(figure: dict[str, Any]) -> Iterator[float]:
    """How far a figure lies from its target and from three months ago, each as it is shown."""
    number = figure.get("rate", figure.get("value"))
    for other in (figure["target"], figure["before"]):
        if number is not None and other is not None:
            for places in (0, 1, 2):
                scale = 100 if "rate" in figure else 1
                step = abs(round(number * scale + 1e-12, places) - round(other * scale + 1e-12, places)) / scale
                yield from (step, -step)


def _of_dates(report: dict[str, Any]) -> Iterator[str]:
    year, month, day = map(int, report["as_of"].split("-"))
    yield from (str(year), str(year - 1), f"{month:02d}", f"{day:02d}", f"-{month:02d}", f"-{day:02d}")
    for cohort in report["cohorts"]["quarter"] + report["cohorts"]["month"]:
        yield cohort["cohort"][:4]


def _worked_out(report: dict[str, Any]) -> Iterator[float]:
    """Sums, shares and rates per thousand that the page says beside the numbers themselves."""
    value, mails = report["value"], report["touchpoints"]
    if value["customers"]:
        yield value["revenue_cents"] / value["customers"]
    rfm = report["rfm"]
    yield from (sum(n for code, n in rfm.items() if code[:2] == f"{a}{b}") for a in "12345" for b in "12345")
    total = sum(report["types"].values())
    yield from (n / total for n in report["types"].values() if total)
    yield from (len(report["cohorts"]["quarter"]) - 12, len(mails) - 25)
    yield from (sum(month[name] for month in report["referrals"]["months"]) for name in ("visits", "signed_up"))
    delivered = sum(mail["delivered"] for mail in mails)
    yield delivered
    for mail in mails:
        held = {**mail["skipped"]}
        for reason, number in mail["deferred"].items():
            held[reason] = held.get(reason, 0) + number
        most = sorted(held.values(), reverse=True)
        yield from (sum(most), sum(most[3:]), *most)
    for curve in report["curve"].values():
        for (_, at_risk, events, left, error), _after in pairwise([*curve, [0, 0, 0, 0, 0]]):
            yield from (1 - left, at_risk - events, 1 - left + Z * error, max(1 - left - Z * error, 0))
