"""Every mail as it was last looked at; `make golden` rewrites the files, and the difference is reviewed."""

import json
import os
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from programme.words.states import HandFlow
from tasks.mail.eml import build_eml
from tests import factories
from tests.tasks.mail.cases import CASES, renderer

GOLDEN = Path(__file__).parents[2] / "golden" / "mail"
RENDERER = renderer()


@pytest.mark.parametrize("name", CASES)
def test_mail_is_the_golden_one(name: str) -> None:
    """Subject, headers, HTML and text are what was reviewed."""
    mail = CASES[name].mail(RENDERER)
    heads = dict(message_from_bytes(build_eml(mail), policy=default).items())
    seen = {"subject": mail.subject, "preheader": CASES[name].preheader(RENDERER), "headers": heads}
    made = {
        "html": mail.html.replace("><", ">\n<"),  # a line an element, so that a difference can be read
        "txt": mail.text,
        "json": json.dumps(seen, indent=2, ensure_ascii=False) + "\n",
    }
    for ending, content in made.items():
        path = GOLDEN / f"{name}.{ending}"
        if os.environ.get("GOLDEN_REWRITE"):
            path.write_text(content, "utf-8", newline="")

        assert path.exists(), f"{path.name} is missing; make golden writes it"
        assert content == path.read_bytes().decode()


def test_every_kind_has_a_golden_mail() -> None:
    """No touchpoint of the programme and no kind of a room goes without a reviewed mail."""
    kinds = factories.shipped_programme().kinds.values()
    reviewed = {case.touchpoint for case in CASES.values()}
    assert {kind.id for kind in kinds if kind.flow != HandFlow.CAMPAIGN or kind.is_survey} == reviewed


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)
