"""A rate says how little it may mean."""

import pytest

from programme.figures.families.rates import Estimate, estimate_of, exactly, rate_of, rounded


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (5, 50, 0.043477, 0.213605), (1, 1, 0.206543, 1.0)],
)
def test_the_interval_is_wilsons(k: int, n: int, low: float, high: float) -> None:
    """As tables of the Wilson score interval have it, at 95 %."""
    rate = rate_of(k, n)
    assert (rate.low, rate.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))
    assert rate.low <= k / n <= rate.high


def test_a_rate_of_nobody_has_no_share() -> None:
    """The keys stay, so that a reader of JSON need not ask for them."""
    assert rate_of(0, 0).as_json(1) == {"k": 0, "n": 0, "rate": None, "low": None, "high": None, "small": True}
    assert "small" not in rate_of(1, 3).as_json(3)


@pytest.mark.parametrize("k", [4, -1])
def test_k_is_among_n(k: int) -> None:
    with pytest.raises(ValueError, match=f"{k} of 3"):
        rate_of(k, 3)


def test_the_ends_of_an_interval_are_exact() -> None:
    """Of none it begins at 0 and of all it ends at 1, whatever the last digit of a sum."""
    assert {rate_of(0, n).low for n in range(1, 300)} == {0.0}
    assert {rate_of(n, n).high for n in range(1, 300)} == {1.0}


def test_an_estimate_is_a_whole_number() -> None:
    """Rounded to the nearest one; only what was counted is exact."""
    assert estimate_of(1, 3, 8).number == 3
    assert exactly(3) == Estimate(3, 3, 3)
    assert exactly(3).is_exact
    assert not any(each.is_exact for each in (Estimate(3, 2, 3), Estimate(3, 3, 4), Estimate(3, 2, 4)))


def test_nothing_is_below_nothing() -> None:
    """JSON would show a zero with a minus."""
    assert [str(rounded(number)) for number in (-1e-9, -0.0, 0.0, 0.1234567)] == ["0.0", "0.0", "0.0", "0.123457"]
    assert rounded(None) is None
