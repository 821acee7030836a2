"""The table of rewards, cumulative: what the first n qualified referrals earn together (programme section 9)."""

import json
from collections.abc import Sequence

from programme.terms.schema import RewardStep


class RewardTable:
    """The steps of programme.toml [referral], counted up once and remembered. Amounts in cents."""

    def __init__(self, steps: Sequence[RewardStep]) -> None:
        self._steps = tuple(steps)
        self._total = [0]

    def total(self, count: int) -> int:
        """T(count): rewards and bonuses of the first `count` referrals; 0 for none."""
        while len(self._total) <= count:
            n = len(self._total)
            self._total.append(self._total[-1] + self.reward(n) + self.bonus(n))
        return self._total[count]

    def step(self, count: int) -> int:
        """What the referral on place `count` adds: T(count) − T(count − 1)."""
        return self.total(count) - self.total(count - 1)

    def reward(self, n: int) -> int:
        """For the n-th referral alone, from 1, without a bonus."""
        return [step.reward_cents for step in self._steps if step.from_n <= n][-1]

    def bonus(self, n: int) -> int:
        """Once on reaching n; 0 for most."""
        return sum(step.bonus_cents for step in self._steps if step.from_n == n)

    def next_bonus(self, n: int) -> RewardStep | None:
        """The first step beyond n; None on the last."""
        return next((step for step in self._steps if step.from_n > n), None)

    def as_text(self) -> str:
        """The table as the ledger keeps it, to tell whether a later booking would price the past anew."""
        return json.dumps([[step.from_n, step.reward_cents, step.bonus_cents] for step in self._steps])
