"""How far a client is on the way to the next tier."""

import pytest

from programme.rules.groups.progress import progress_to
from programme.rules.groups.tiers import TierMeasure
from tests.factories import shipped_programme


@pytest.mark.parametrize(
    ("tier", "measure", "words"),
    [
        (0, TierMeasure(0, 0, 0), "0 van 1 afgerond project"),
        (1, TierMeasure(1, 0, 0), "1 van 2 afgeronde projecten"),
        (2, TierMeasure(2, 1, 0), "2 van 3 afgeronde projecten"),
        (2, TierMeasure(1, 2, 0), "2 van 3 afgeronde aanbevelingen"),
        (3, TierMeasure(3, 0, 370_050), "€ 3.700 van € 10.000 aan projecten"),
        (3, TierMeasure(3, 0, 2_000_000), "€ 10.000 van € 10.000 aan projecten"),
    ],
)
def test_the_nearest_way_is_shown(tier: int, measure: TierMeasure, words: str) -> None:
    progress = progress_to(shipped_programme().tiers[tier], measure)

    assert progress.words == words
    assert 0 <= progress.value <= progress.goal
