"""How CRM exports are read: [import] of the programme file."""

from programme.terms.parts import Part

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
        placeholders: whole cells that stand for nothing, without regard to case.
        complete: an export holds all that the CRM has, so what it lacks is held.
    """

    placeholders: tuple[str, ...] = PLACEHOLDERS
    complete: bool = False
