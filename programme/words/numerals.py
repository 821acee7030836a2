"""Numbers as Dutch readers write them, rounded half up; and round steps for the scale of a picture."""

from decimal import ROUND_HALF_UP, Decimal
from itertools import count

from programme.words.wording import euros

MINUS = "−"
NO_BREAK = "\N{NO-BREAK SPACE}"


def dotted(number: int) -> str:
    """ "1.234", the Dutch way to write a number."""
    return f"{number:,}".replace(",", ".")


def decimal_words(number: float, places: int = 0) -> str:
    """ "1.234,5", "−3": with so many places after the comma.

    >>> decimal_words(14.25, 1), decimal_words(-0.4), decimal_words(1234.5, 2)
    ('14,3', '0', '1.234,50')
    """
    # By its shortest text: 0.145 is stored as a little less, and would be rounded down.
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(rounded):,}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if rounded < 0 else text


def share_words(share: float, places: int = 0) -> str:
    """ "5%"."""
    return f"{percent_number(share, places)}%"


def percent_number(share: float, places: int = 0) -> str:
    """ "5", of 0.05: the number of a percentage, where the sign stands elsewhere.

    From its 6 decimals, which is what JSON has of a share: a page and its JSON never differ in the last place.
    """
    return decimal_words(float(Decimal(repr(round(share, 6))) * 100), places)


def places_between(low: float, high: float) -> int:
    """How many places of a percentage the two bounds of an interval bear: a narrow interval has more of them."""
    width = high - low
    return 0 if width >= 0.02 else 1 if width >= 0.002 else 2


def typeset_euros(cents: int) -> str:
    """ "€ 1.234,50", "−€ 12": never broken over two lines, with a minus sign as wide as the digits."""
    return euros(cents).replace("-", MINUS).replace(" ", NO_BREAK)


def money_words(cents: float) -> str:
    """ "€ 1.234,50", "− € 12": never broken over two lines, cents only where there are some."""
    whole = int(Decimal(repr(round(cents, 4))).quantize(Decimal(1), ROUND_HALF_UP))  # as JSON has means of money
    text = euros(abs(whole)).replace(" ", NO_BREAK)
    return f"{MINUS}{NO_BREAK}{text}" if whole < 0 else text


def whole_money_words(cents: float) -> str:
    """ "€ 1.235": for tables, in which cents would only be in the way."""
    euro = Decimal(repr(round(cents, 4))) / 100
    return money_words(int(euro.quantize(Decimal(1), ROUND_HALF_UP)) * 100)


def round_steps(highest: int) -> tuple[int, int]:
    """(step, number of steps) of a scale: the smallest round step (1, 2 or 5 with noughts) with at most six steps."""
    step = next(lead * 10**power for power in count() for lead in (1, 2, 5) if highest <= 6 * lead * 10**power)
    return step, max(1, -(-highest // step))
