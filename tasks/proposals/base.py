"""The programme and the templates that a proposal starts from, and what is wrong with them once they are changed."""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from models.settings import Settings
from programme.inbound.answers import ASKED_BY
from programme.proposals.changes import Change, changed
from programme.proposals.proposal import print_of
from programme.terms.checks.check import check
from programme.terms.faults import Fault
from programme.terms.schema import Programme
from tasks.base.programme_file import TEMPLATES, load_programme, mail_files, mail_texts


class Base(NamedTuple):
    """What holds now.

    Attributes:
        raw: the programme file as TOML gives it.
        texts: the templates of mails and layout, by their path below templates/; the firm's own first.
        files: the names in templates/mail.
    """

    raw: Mapping[str, Any]
    programme: Programme
    texts: Mapping[str, str]
    files: frozenset[str]

    @property
    def prints(self) -> dict[str, str]:
        """Of each template, by which another is told from it."""
        return {file: print_of(text) for file, text in self.texts.items()}

    def with_changes(self, changes: Iterable[Change]) -> Programme:
        """The programme with the changes, which must be without a fault."""
        return Programme.model_validate(changed(self.raw, changes))


def read_base(settings: Settings) -> Base:
    """The programme as its file is now. Raises ProgrammeInvalid."""
    programme = load_programme(settings.programme)
    folders = [each for each in (TEMPLATES, settings.templates) if each]
    raw = tomllib.loads(settings.programme.read_text(encoding="utf-8-sig"))
    return Base(raw, programme, mail_texts(folders), frozenset(mail_files(folders)))


def faults_of(base: Base, changes: Iterable[Change], texts: Mapping[str, str] | None = None) -> list[Fault]:
    """Every fault of the programme with the changes and with these templates in the place of theirs."""
    return check(changed(base.raw, changes), base.files, {**base.texts, **(texts or {})}, ASKED_BY)
