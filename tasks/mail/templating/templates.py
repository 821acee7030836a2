"""From a template to the text of one variant, with a tag for each of the recipient's own values.

Jinja2 makes MJML of the template once per variant, and MJML makes HTML of that once; for each recipient only the tags
are replaced. Client data is never part of a template's source.
"""

import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from programme.inbound.answers import SCORES, forms_of
from programme.mail.links import services_of, sites_of, tel_link
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.colours import DARK_METALS
from programme.words.states import Purpose
from programme.words.wording import (
    capitalised,
    clock_words,
    duration_words,
    euros,
    number_words,
    unbroken,
)
from tasks.base.programme_file import TEMPLATES
from tasks.mail.keeping.files import TemplateFiles
from tasks.mail.keeping.template_code import TEMPLATE_CODE
from tasks.mail.templating.drawings import draw, read_drawings, stairs
from tasks.mail.templating.palette import dark_palette, light_palette
from tasks.mail.templating.paragraphs import BREAK, html_paragraphs, text_paragraphs
from tasks.mail.templating.tagged import (
    TaggedMail,
    TemplateInvalid,
    TemplateMissing,
    check_tags,
    for_html,
    html_of,
    split_heads,
)
from tasks.mail.templating.template_values import FIELDS, Choices, Field, FieldMisused

FONT = "'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif"


class Templates:
    """The templates of a folder; each object reads them anew, all of them when it is created.

    Args:
        folder: where they stand; a mail is mail/<name>.jinja, which both parts are made of.
        own: the firm's own folder (BOUWCLUB_TEMPLATES), whose files are taken in place of those of the same name.
    """

    def __init__(self, programme: Programme, folder: Path = TEMPLATES, own: Path | None = None) -> None:
        self._programme = programme
        self._folders = [each for each in (own, folder) if each]
        self._files = TemplateFiles(self._folders)
        self._html = _environment(self._files, autoescape=True)
        self._text = _environment(self._files, autoescape=False)
        self._colours = light_palette(programme.brand.colours)
        self._palette = SimpleNamespace(**self._colours)
        self._style = ""
        self._drawings: Mapping[str, tuple[str, ...]] = {}
        self._drawn: dict[str, str] = {}

    def compile(self, kind: MailKind, variant: Mapping[str, Any]) -> TaggedMail:
        """The mail of a kind in this variant, with tags.

        Raises TemplateMissing or TemplateInvalid, naming file and line.
        """
        tagged, values = self._text_of(kind, variant)
        name = f"mail/{kind.template_name}.jinja"
        html = html_of(self._render(self._html, name, values), self._place(name), self._drawn)
        check_tags(self._place(name), html, ".h", FIELDS | kind.fields)
        return replace(tagged, html=html, answers=values["v"].answers())

    def fingerprint(self) -> str:
        """Of everything that the mails of the programme's kinds are made of."""
        return self._files.fingerprint(self._programme)

    def text_of(self, kind: MailKind, variant: Mapping[str, Any]) -> TaggedMail:
        """The mail without its HTML, for who reads the words of many variants: it costs a fraction of the whole."""
        return self._text_of(kind, variant)[0]

    def _text_of(self, kind: MailKind, variant: Mapping[str, Any]) -> tuple[TaggedMail, dict[str, Any]]:
        """The mail without its HTML, and the values for making that."""
        choices = Choices(self._programme, variant)
        fields = FIELDS | kind.fields
        values = self._values(kind, choices, fields)
        name = f"mail/{kind.template_name}.jinja"
        heads, text = split_heads(self._render(self._text, name, values), self._place(name))
        check_tags(self._place(name), heads["Subject"] + text, "", fields)
        escaped = {head: for_html(words) for head, words in heads.items()}
        text = f"{heads['Heading']}\n\n{text}"
        tagged = TaggedMail(heads["Subject"], str(escaped["Preheader"]), "", text, choices.answers())
        return tagged, values | {head.lower(): words for head, words in escaped.items()}

    def _values(self, kind: MailKind, choices: Choices, fields: Collection[str]) -> dict[str, Any]:
        programme, terms = self._programme, self._programme.referral
        return {
            "v": choices,
            "f": SimpleNamespace(**{name: Field(name) for name in fields}),
            "by": lambda mine, ours: mine if choices.signed_by == "engineer" else ours,
            "brand": programme.brand,
            "trade": programme.trade,
            "font": FONT,
            "colours": self._palette,
            "sites": sites_of(programme, kind.id),
            "services": services_of(programme, kind.id),
            "phone_digits": tel_link(programme.brand.phone).removeprefix("tel:"),
            "forms": forms_of(kind.id, programme.trade),
            "scores": SCORES,
            "words": programme.types,
            "capitalised": capitalised,
            "referral_terms": {
                "friend": unbroken(euros(terms.friend_discount_cents)),
                "reward": unbroken(euros(terms.steps[0].reward_cents)),
            },
            **_office(programme),
            "touchpoint": {
                "id": kind.id,
                "target": kind.target,
                "is_service": kind.purpose == Purpose.SERVICE,
                "about_project": kind.anchor == "project_delivered",
                "about_quote": kind.anchor == "quote_rejected",
                "referral_line": kind.ends_with_referral,
                "since": _since(kind),
            },
        }

    def _render(self, environment: Environment, name: str, values: dict[str, Any]) -> str:
        """Render one file, with the shared sentences and parts for its kind of output."""
        is_html = environment is self._html
        values |= self._html_values(values["v"]) if is_html else self._text_values()

        def rendered() -> str:
            values["copy"] = environment.get_template("layout/copy.jinja").make_module(values)
            parts = environment.get_template(f"layout/parts.{'mjml' if is_html else 'txt'}").make_module(values)
            values.update(parts=parts, strong=parts.strong, link=parts.link)  # type: ignore[attr-defined]
            values["blocks"] = environment.get_template("layout/blocks.jinja").make_module(values)
            return environment.get_template(name).render(values)

        return self._explained(name, rendered)

    def _html_values(self, choices: Choices) -> dict[str, Any]:
        """What only the HTML has: drawings, and a phone number that a tap calls and that does not break."""
        phone = self._programme.brand.phone
        drawings = self._drawings = self._drawings or read_drawings(self._files.text("layout/drawings.txt"))
        number = Markup('<a href="{}" style="color:{};white-space:nowrap;">{}</a>')
        return {
            "frame": "layout/mail.mjml",
            "style": self._styled(),
            "br": Markup("<br />"),
            "phone": number.format(tel_link(phone), self._colours["primary"], phone.replace(" ", "\u00a0")),
            "drawings": drawings,
            "drawing": lambda name: self._placed(name, lambda: draw(drawings[name], self._colours)),
            "stairs": lambda: self._placed(
                f"stairs{choices.level}",
                lambda: draw(
                    stairs(len(self._programme.tiers), choices.level), self._colours, choices.metal, choices.level
                ),
            ),
        }

    def _text_values(self) -> dict[str, Any]:
        phone = self._programme.brand.phone
        return {
            "frame": "layout/mail.txt",
            "br": BREAK,
            "phone": phone,
            "drawings": (),
        }

    def _styled(self) -> Markup:
        """The style of the head, which is the same in every mail."""
        if not self._style:
            dark = SimpleNamespace(**dark_palette(self._programme.brand.colours))
            colours = {"colours": self._palette, "dark": dark, "dark_metals": DARK_METALS}
            self._style = self._html.get_template("layout/style.jinja").render(colours)
        return Markup(self._style)

    def _placed(self, name: str, drawn: Callable[[], str]) -> str:
        """A mark that the drawing replaces after MJML has been through the rest, which saves half the time."""
        mark = f"\ue000{name}\ue001"
        if mark not in self._drawn:
            self._drawn[mark] = drawn()
        return mark

    def _explained(self, name: str, action: Callable[[], str]) -> str:
        """Run `action`, and turn its errors into one line for the person who edits templates."""
        try:
            return action()
        except TemplateNotFound as error:
            raise TemplateMissing(
                f"{self._folders[-1]}/{error.name} does not exist. Every touchpoint of programme.toml needs "
                "mail/<touchpoint>.jinja."
            ) from None
        except TemplateSyntaxError as error:
            where = self._place(error.name or name)
            raise TemplateInvalid(f"{where}, line {error.lineno}: {error.message}") from None
        except (TemplateError, FieldMisused, ArithmeticError, LookupError, TypeError, ValueError) as error:
            where = self._place_of(error) or self._place(name)
            raise TemplateInvalid(f"{where}: {error}") from None

    def _place_of(self, error: Exception) -> str:
        """ "templates/mail/x.jinja, line 12": the innermost place in a template; "" when there is none."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            for folder in self._folders:
                if frame.filename.startswith(str(folder)):
                    return f"{self._place(Path(frame.filename).relative_to(folder))}, line {frame.lineno}"
        return ""

    def _place(self, name: str | Path) -> str:
        """Where a template stands, for whoever edits it: in the firm's own folder, or in ours."""
        own = next((folder for folder in self._folders[:-1] if (folder / name).exists()), "templates")
        return f"{own}/{name}"


def _office(programme: Programme) -> dict[str, str]:
    """What mails promise of the office, by the terms of [care]."""
    care, days = programme.care, programme.care.call_within_days
    return {
        "office_hours": f"{clock_words(care.opens)} tot {clock_words(care.closes)} uur",
        "call_back": "de volgende werkdag" if days == 1 else f"{number_words(days)} werkdagen later",
        "follow_up_after": duration_words(care.follow_up_after.days, care.follow_up_after.months),
    }


def _since(kind: MailKind) -> str:
    """How long ago the mail's anchor was, by the programme's terms; "" for a kind without an anchor."""
    if kind.since is None:
        return ""
    months, days = kind.since
    return duration_words(days, months)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which remembers for each type and attribute whether templates may see it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        key = type(obj), attr
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


def _environment(files: TemplateFiles, *, autoescape: bool) -> Environment:
    made = _Sandbox(
        loader=FunctionLoader(files.load),
        auto_reload=False,
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["paragraphs"] = html_paragraphs if autoescape else text_paragraphs
    made.bytecode_cache = TEMPLATE_CODE[autoescape]
    return made
