"""Which segment a client is in, by the table of section 6."""

from datetime import date
from typing import Any

import pytest

from programme.rules.groups.segments import segment_of
from tests import factories as make

DAY = date(2026, 3, 2)
OTHER = {"address": "Dorpsweg 9", "postcode": "9001 ZZ"}


def job(number: int, **changes: Any) -> Any:
    return make.project(f"P{number}", **changes)


@pytest.mark.parametrize(
    ("segment", "jobs"),
    [
        ("investeerder", (job(1), job(2, **OTHER))),
        ("investeerder", (job(1), job(2, **OTHER, ordered_on=DAY, delivered_on=None))),
        ("verbouwer", (job(1), job(2, **OTHER, ordered_on=date(2026, 3, 3), delivered_on=None), job(3))),
        ("verbouwer", (job(1), job(2, **OTHER, cancelled_on=DAY), job(3))),
        ("verbouwer", (job(1), job(2, address="KERKWEG  1", postcode="8921ab"))),
        ("verbouwer", (job(1), job(2, address=None))),
        ("verbouwer", (job(1), job(2, address=" "))),
        ("starter", (job(1, built_year=2022),)),
        ("overig", (job(1, built_year=2021),)),
        ("overig", (job(1, built_year=None),)),
        ("overig", ()),
    ],
)
def test_the_first_segment_that_applies(segment: str, jobs: tuple[Any, ...]) -> None:
    """Addresses are compared without case and spaces, and one that is not known is nobody's second address."""
    programme = make.shipped_programme()
    assert segment_of(programme, make.client(projects=jobs), DAY) == segment
    assert segment_of(programme, make.client(projects=jobs, kind="architect"), DAY) == "professional"
