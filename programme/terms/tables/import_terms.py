"""How CRM exports are read: the table [import] of the programme file."""

from programme.terms.tables.parts import Part

PLACEHOLDERS = (
    "NULL",
    "(null)",
    "none",
    "nil",
    "NaN",
    "N/A",
    "n.a.",
    "#N/A",
    "#N/B",
    "n.v.t.",
    "n.v.t",
    "nvt",
    "-",
    "--",
    "–",
    "—",
    "?",
    "??",
    ".",
    "onbekend",
    "unknown",
    "geen",
    "leeg",
)


class ImportTerms(Part):
    """How an export is read.

    Attributes:
        placeholders: cells that stand for "no value", compared as a whole and without case.
        complete: an export holds everything that the CRM has, so whatever it lacks is held.
    """

    placeholders: tuple[str, ...] = PLACEHOLDERS
    complete: bool = False
