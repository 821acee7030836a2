"""A rate says how little it may mean."""

import pytest

from programme.figures.families.rates import rate_of


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


def test_k_is_among_n() -> None:
    with pytest.raises(ValueError, match="4 of 3"):
        rate_of(4, 3)
