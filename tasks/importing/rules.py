"""What an import goes by: the programme's terms, the types of projects, and what is not taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from programme.terms.schema import Programme
from programme.terms.tables.import_terms import ImportTerms

Keys = Callable[[], Sequence[bytes]]


@dataclass(frozen=True)
class ImportRules:
    """What the programme and the settings say of an import; by default the terms that ship, and everything is taken.

    Attributes:
        types: the words that the export has for types of projects, each with its id; None means those that ship.
        words_since: words of an earlier day are not taken ([retention] words_months); None takes all.
        keys: gives the keys that tell the addresses of erased persons, when there are any; None knows their ids alone.
    """

    terms: ImportTerms = ImportTerms()
    types: Mapping[str, str] | None = None
    words_since: date | None = None
    keys: Keys | None = None


def rules_of(programme: Programme, keys: Keys, day: date) -> ImportRules:
    """The rules of an import on a day, for a database in which people may have been erased."""
    return ImportRules(programme.importing, programme.types_in_export, programme.retention.words_since(day), keys)
