"""A statement as one HTML file: for a screen, a telephone and A4 paper. Nothing comes from elsewhere."""

from datetime import date

from programme.money.papers import Statement, summary
from programme.money.states import PayoutKind
from programme.terms.schema import Brand
from programme.words.wording import date_words, euros, unbroken
from tasks.base.pages import pages
from tasks.mail.templating.palette import dark_palette, light_palette

TITLES = {PayoutKind.REWARD: "Beloningen", PayoutKind.COMMISSION: "Commissie"}


def statement_html(statement: Statement, brand: Brand) -> str:
    """The statement of a year as one page of HTML, in Dutch, for a browser and for paper."""
    return (
        pages()
        .get_template("papers/statement.html")
        .render(
            statement=statement,
            brand=brand,
            light=light_palette(brand.colours),
            dark=dark_palette(brand.colours),
            summary=unbroken(summary(statement)),
            first=date(statement.year, 1, 1),
            titles=TITLES,
            date_words=date_words,
            money=money,
            unbroken=unbroken,
            foot=foot(statement),
        )
    )


def money(cents: int) -> str:
    """With both decimals, so that amounts stand below each other: "€ 250,00", "− € 12,50"."""
    whole, rest = divmod(abs(cents), 100)
    sign = "−\u00a0" if cents < 0 else ""
    return unbroken(f"{sign}{euros(whole * 100)},{rest:02d}")


def foot(statement: Statement) -> str:
    """The last lines of a statement: whom to ask, and how long the entries are kept."""
    return (
        "Vragen over dit overzicht? Bel of mail ons. Een aanbeveling heeft hier een nummer, geen naam. "
        f"Wij bewaren deze boekingen tot en met {date_words(statement.kept_until)}."
    )
