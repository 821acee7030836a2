"""Every mail as it was last looked at; `make golden` rewrites the files, and the difference is reviewed."""

from pathlib import Path

import pytest

from programme.words.states import HandFlow
from tests import factories
from tests.tasks.mail import golden
from tests.tasks.mail.cases import CASES, renderer
from tests.tasks.mail.staff_cases import STAFF_CASES

GOLDEN = Path(__file__).parents[2] / "golden"
RENDERER = renderer()


@pytest.mark.parametrize("name", CASES)
def test_mail_is_the_golden_one(name: str) -> None:
    """Subject, headers, HTML and text are what was reviewed."""
    golden.compare(GOLDEN / "mail", name, CASES[name].mail(RENDERER), CASES[name].preheader(RENDERER))


@pytest.mark.parametrize("name", STAFF_CASES)
def test_mail_to_staff_is_the_golden_one(name: str) -> None:
    """The same for mails to people of the firm, with a desk and without one."""
    golden.compare(GOLDEN / "staff", name, STAFF_CASES[name].mail())


def test_every_kind_has_a_golden_mail() -> None:
    """No touchpoint of the programme and no kind of a room goes without a reviewed mail, and no template."""
    kinds = factories.shipped_programme().kinds.values()
    reviewed = {case.touchpoint for case in CASES.values()}
    assert {kind.id for kind in kinds if kind.flow != HandFlow.CAMPAIGN or kind.is_survey} == reviewed
    of_campaigns = {kind.id for kind in kinds if kind.flow == HandFlow.CAMPAIGN}
    of_staff = {case.kind.id for case in STAFF_CASES.values()}
    templates = {path.stem for path in (Path(__file__).parents[3] / "templates" / "mail").glob("*.jinja")}
    assert templates == reviewed | of_campaigns | of_staff


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    assert {path.stem for path in (GOLDEN / "mail").iterdir()} == set(CASES)
    assert {path.stem for path in (GOLDEN / "staff").iterdir()} == set(STAFF_CASES)
