"""A rate: k of n with the interval in which the true share probably lies."""

from math import sqrt
from typing import Any, NamedTuple

Z = 1.959964  # of a 95 % interval of the normal distribution
DECIMALS = 6  # of a share in JSON


class Rate(NamedTuple):
    """k of n; share and interval are None when n is 0.

    Attributes:
        low, high: the 95 % Wilson interval.
    """

    k: int
    n: int
    rate: float | None
    low: float | None
    high: float | None

    def as_json(self, small_n: int) -> dict[str, Any]:
        """With `small` beside it when n is below `small_n`: too few to say anything."""
        shares = {name: self._asdict()[name] for name in ("rate", "low", "high")}
        rounded = {name: None if share is None else round(share, DECIMALS) for name, share in shares.items()}
        return {"k": self.k, "n": self.n, **rounded, **({"small": True} if self.n < small_n else {})}


def rate_of(k: int, n: int) -> Rate:
    """Raises ValueError unless 0 <= k <= n: the k are always among the n."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no rate")
    if n == 0:
        return Rate(k, n, None, None, None)
    share, squared = k / n, Z * Z
    centre = (share + squared / (2 * n)) / (1 + squared / n)
    half = Z * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    # At the ends the bound is exact, whatever the last digit of the sum.
    low, high = max(centre - half, 0.0), min(centre + half, 1.0)
    return Rate(k, n, share, low if k else 0.0, high if k < n else 1.0)
