"""The whole sample, from nothing but a day and a number of clients."""

from datetime import date
from pathlib import Path

from models.settings import ROOT
from sample.contents.awkward import add_awkward
from sample.contents.crowd import add_crowd
from sample.contents.reasons import add_reasons
from sample.contents.sends import add_sends
from sample.contents.sheets import Sheets
from tasks.base.programme_file import load_programme


def write_sample(folder: Path, as_of: date, clients: int = 400) -> None:
    """Write the eight files of a CRM export into `folder`, made for the programme that ships.

    Args:
        as_of: the day to which every date is relative; the data reach six years back and a month on.
        clients: at least 200, of which about a hundred are there for a purpose.
    """
    sheets = Sheets(load_programme(ROOT / "programme.toml"), as_of, clients)
    add_sends(sheets)
    add_reasons(sheets)
    add_awkward(sheets)
    add_crowd(sheets)
    sheets.write(folder)
