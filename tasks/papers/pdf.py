"""A statement as PDF, in the words of its HTML (decision 0011). Equal statements give equal bytes."""

from datetime import date, datetime, time

from anyascii import anyascii
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout

from programme.money.papers import Section, Statement, summary
from programme.terms.schema import Brand
from programme.words.dates import AMSTERDAM
from programme.words.wording import date_words, unbroken
from tasks.papers.sheet import TITLES, foot, money

ENCODING = "cp1252"  # of the fonts that every PDF reader has; other letters are written in these
MARGIN = 18  # mm
WIDTHS = (34, 88, 26, 26)  # mm, of the columns of an A4 page between its margins
INK, MUTED, LINE = (34, 48, 58), (85, 97, 106), (200, 200, 200)


def statement_pdf(statement: Statement, brand: Brand) -> bytes:
    """On A4, with page numbers."""
    pdf = _Sheet(statement, brand)
    pdf.heading()
    for section in statement.sections:
        pdf.section(section)
    pdf.closing()
    return bytes(pdf.output())


class _Sheet(FPDF):
    """The pages of one statement."""

    def __init__(self, statement: Statement, brand: Brand) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.core_fonts_encoding = ENCODING
        self._statement, self._brand = statement, brand
        self.set_creation_date(datetime.combine(statement.until, time(12), AMSTERDAM))
        self.set_title(_letters(f"Jaaroverzicht {statement.year}, {brand.name}"))
        self.set_lang("nl-NL")
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 8)
        self.alias_nb_pages("{n}")
        self.add_page()

    def footer(self) -> None:
        """On every page: whose it is, and which of how many."""
        self.set_y(-MARGIN)
        self.set_font("helvetica", size=8)
        self.set_text_color(*MUTED)
        whose = f"{self._brand.name}, KvK {self._brand.kvk_number}. Klantnummer {self._statement.client_id}"
        self.cell(0, 5, _letters(whose))
        self.set_x(MARGIN)
        self.cell(0, 5, f"{self.page_no()} / {{n}}", align="R")

    def heading(self) -> None:
        statement, brand = self._statement, self._brand
        self._write(f"{brand.name}\n{brand.street}\n{brand.postcode} {brand.town}", 10)
        self.ln(6)
        self._write(f"Jaaroverzicht {statement.year}", 20, style="B")
        whose = [statement.name] if statement.name else []
        period = f"1 januari {statement.year} tot en met {date_words(statement.until)}"
        self._write("\n".join([*whose, f"klantnummer {statement.client_id}", period]), 10)
        self.ln(3)
        self._write(summary(statement), 11)

    def closing(self) -> None:
        self.ln(6)
        self._write(foot(self._statement), 9)

    def section(self, section: Section) -> None:
        """Heading and table; a table that goes on has its headings on each page."""
        self.ln(5)
        self._write(TITLES[section.kind], 13, style="B")
        self.set_font("helvetica", size=9)
        self.set_draw_color(*LINE)
        first, last = date(self._statement.year, 1, 1), self._statement.until
        with self.table(
            col_widths=WIDTHS,
            text_align=("LEFT", "LEFT", "RIGHT", "RIGHT"),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD"),
            line_height=5,
            padding=1,
        ) as table:
            table.row(("Datum", "Wat", "Bedrag", "Saldo"))
            bold = FontFace(emphasis="BOLD")
            table.row((date_words(first), "Beginsaldo", "", _letters(money(section.opening_cents))), style=bold)
            for line in section.lines:
                change = money(line.change_cents) if line.change_cents else ""
                cells = (date_words(line.day), line.words, change, money(line.balance_cents))
                table.row([_letters(cell) for cell in cells])
            table.row((date_words(last), "Eindsaldo", "", _letters(money(section.closing_cents))), style=bold)

    def _write(self, text: str, size: int, style: str = "") -> None:
        self.set_font("helvetica", style=style, size=size)
        self.set_text_color(*INK)
        self.multi_cell(0, size * 0.5, _letters(text), new_x="LMARGIN", new_y="NEXT")


def _letters(text: str) -> str:
    """The text in the letters of the font: Łukasz becomes Lukasz, Иван becomes Ivan."""
    plain = unbroken(text).replace("−", "-")
    return "".join(sign if _has(sign) else anyascii(sign) for sign in plain)


def _has(sign: str) -> bool:
    try:
        sign.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
