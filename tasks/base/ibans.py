"""Whether an account number can exist: length and form of its country, its check number, and the country's own."""


def is_possible_iban(iban: str) -> bool:
    """Of an IBAN without spaces, in capitals.

    A bank that the library's list of a country lacks is no fault: banks come faster than lists.
    """
    from stdnum import iban as by_country
    from stdnum.exceptions import InvalidComponent

    try:
        return bool(by_country.validate(iban))
    except InvalidComponent:
        return bool(by_country.is_valid(iban, check_country=False))
    except ValueError:  # what the validator raises is one
        return False
