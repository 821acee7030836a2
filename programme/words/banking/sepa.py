"""The countries whose accounts can be paid by SEPA credit transfer.

Source: European Payments Council, list of SEPA scheme countries (EPC409-09), 2025. Written as in IBANs, which have no
codes for most overseas territories: they use that of their country.
"""

_OF_THE_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_OTHERS = "AD AL CH GB GI IS LI MC MD ME MK NO RS SM VA"
SEPA_COUNTRIES = frozenset(f"{_OF_THE_EU} {_OTHERS}".split())


def is_of_sepa(iban: str) -> bool:
    """Whether the account is in a country that SEPA credit transfers reach."""
    return iban[:2] in SEPA_COUNTRIES
