"""The numbers in the menu, on every page: my tasks and how many are late, open complaints, and what waits."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.desk.visit import Visit


def read_counts(visit: "Visit") -> dict[str, int]:
    return {"tasks": 0, "late": 0, "cases": 0, "replies": 0, "doubtful": 0, "payouts": 0, "campaigns": 0}
