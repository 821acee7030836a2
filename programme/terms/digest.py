"""A short print of a programme, by which one is told from another."""

import hashlib

from programme.terms.schema import Programme

DIGITS = 16


def digest_of(programme: Programme) -> str:
    """Hexadecimal digits that differ where any value differs; comments and the order of keys do not count."""
    told = programme.model_dump_json(by_alias=True)
    return hashlib.sha256(told.encode()).hexdigest()[:DIGITS]
