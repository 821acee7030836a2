"""The countries whose accounts can be paid by SEPA credit transfer.

Source: European Payments Council, "EPC list of SEPA scheme countries" (EPC409-09), geographical scope of 2025.
"""

# By the two letters an IBAN begins with: EU and EEA, then the other countries and territories of the schemes.
# Territories of France, Finland, Portugal, Spain and the United Kingdom have the IBAN of their country or their own.
SEPA_COUNTRIES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "IS",
        "LI",
        "NO",
        "AD",
        "AL",
        "CH",
        "GB",
        "GI",
        "MC",
        "MD",
        "ME",
        "MK",
        "RS",
        "SM",
        "VA",
    ]
)


def is_of_sepa(iban: str) -> bool:
    return iban[:2] in SEPA_COUNTRIES
