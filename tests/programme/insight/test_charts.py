"""The pictures are whole XML without scripts, whatever the numbers and the labels are."""

import base64
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest

from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.differences import TouchpointDifference
from programme.insight.pictures.charts import agenda_svg, differences_svg
from programme.insight.pictures.drawing import data_uri
from programme.words.numerals import dotted
from tests import factories as make
from tests.programme.insight.test_differences import DAY, decision

SVG = "{http://www.w3.org/2000/svg}"


def agenda(days: int, number: int) -> Agenda:
    """So many mails on the third day."""
    made = Agenda(make.shipped_programme(), DAY, DAY + timedelta(days=days - 1))
    for client in range(number):
        made.add([decision(min(2, days - 1), client_id=f"C{client}")])
    return made


@pytest.mark.parametrize(("days", "number"), [(1, 0), (1, 7), (90, 31), (366, 6)])
def test_the_days_as_bars(days: int, number: int) -> None:
    """A bar for each day and family with mails, none outside of the picture."""
    root = ElementTree.fromstring(agenda_svg(agenda(days, number)))
    bars = [rect for rect in root.iter(f"{SVG}rect") if rect.find(f"{SVG}title") is not None]

    assert len(bars) == (1 if number else 0)
    for bar in bars:
        assert 0 <= float(bar.get("y", "")) < float(bar.get("y", "")) + float(bar.get("height", "")) <= 280.01
        assert bar.findtext(f"{SVG}title", "").endswith(f"{number} rond een project")
    assert root.findtext(f"{SVG}title", "").startswith(f"{number} mails van 2 maart 2026")


def test_a_label_is_text() -> None:
    """What a programme file calls a touchpoint can be no element and no attribute."""
    line = TouchpointDifference("seasonal", 1_200, 900, 0, 300, 12, 0)
    hostile = '"><script>alert(1)</script>'

    svg = differences_svg([line], {"seasonal": hostile}, "<b>Wat als</b>")

    root = ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<b>" not in svg
    assert hostile in {text.text for text in root.iter(f"{SVG}text")}
    assert "1.200 → 900  (+0 −300, 12 verzet)" in {text.text for text in root.iter(f"{SVG}text")}


def test_nothing_to_compare_is_a_picture_too() -> None:
    """Without any mail under either programme there are no bars."""
    assert ElementTree.fromstring(differences_svg([], {}, "Niets")).findtext(f"{SVG}title") == "Niets"


def test_the_picture_as_an_address() -> None:
    """It is the picture itself, and needs no file."""
    head, _, body = data_uri("<svg/>").partition(",")

    assert (head, base64.b64decode(body)) == ("data:image/svg+xml;base64", b"<svg/>")
    assert dotted(1_234_567) == "1.234.567"
