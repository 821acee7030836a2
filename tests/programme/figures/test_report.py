"""The JSON of the report has the shape that others rely on."""

import json

from programme.figures.report import report_json
from tests.conftest import DATA
from tests.sample_report import sample_report


def test_the_json_of_a_report_made_by_hand() -> None:
    """Every key, in its order, with its rounding: whoever reads the report reads this."""
    text = json.dumps(report_json(sample_report()), indent=2) + "\n"
    assert text == (DATA / "figures" / "report.json").read_text("utf-8")
