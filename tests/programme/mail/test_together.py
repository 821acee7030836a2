"""How a mail names the projects that it is about, by what they are and where."""

import pytest

from programme.mail.together import reference_words
from tests.factories import project, shipped_programme


@pytest.mark.parametrize(
    ("projects", "words"),
    [
        ("dakkapel", "de dakkapel (Dam 2)"),
        ("uitbouw dakkapel", "de dakkapel en de uitbouw (Dam 2)"),
        ("uitbouw dakkapel uitbouw", "de dakkapel en de twee uitbouwen (Dam 2)"),
        ("overig overig", "de twee projecten (Dam 2)"),
        ("dakkapel dakkapel dakkapel dakkapel dakkapel", "de vijf dakkapellen (Dam 2)"),
        ("dakkapel uitbouw@Kade dakkapel", "de twee dakkapellen (Dam 2) en de uitbouw (Kade)"),
        ("dakkapel@ uitbouw", "de dakkapel en de uitbouw (Dam 2)"),
        (
            "dakkapel uitbouw draagmuur fundering overig overig@Kade",
            "de dakkapel (Dam 2), de uitbouw (Dam 2), de doorbraak (Dam 2), de fundering (Dam 2)"
            " en twee andere projecten",
        ),
    ],
)
def test_projects_are_counted_by_what_they_are(projects: str, words: str) -> None:
    """What is of one type at one address is one group, and no project goes by the name of another's type."""
    pairs = [(each + "@Dam 2").split("@")[:2] for each in projects.split()]
    assert (
        reference_words(shipped_programme().types, [project(type=kind, address=address) for kind, address in pairs])
        == words
    )
