"""The proof of consents that came with an export: what it said that is news, and when it said so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, case, cast, exists, insert, literal, or_, select, update

from models.consent import STATED, SUBJECT_OF
from models.tables import call_consents, clients, consent_history
from programme.words.dates import day_in_amsterdam
from programme.words.states import Consent
from tasks.importing.staging.parts import IsInPart
from tasks.importing.staging.stage import Stage, has_same_id

SOURCE = "import"


def keep_stated(stage: Stage, new: Mapping[str, ColumnElement[Any]], is_part: IsInPart, at: datetime) -> None:
    """Keep each consent that these staged clients change, before they are written.

    Args:
        new: what each column of a stored row will become.
        at: the moment of the import.
    """
    for column, subject in SUBJECT_OF.items():
        if column in stage.data_names:
            _keep_of_mail(stage, column, subject, new[column], is_part, at)
    if "phone_consent" in stage.data_names:
        _keep_of_calls(stage, new["phone_consent"], is_part, at)


def leave_to_sound_rows(stage: Stage) -> None:
    """What a row that is left out refuses does not count where a sound row of the same id says the rest."""
    if stage.sheet.refusal:
        refused = stage.refused
        is_told = exists().where(stage.id == refused.c.id)
        stage.connection.execute(update(refused).where(refused.c.refuses, is_told).values(refuses=False))


def keep_refusals(stage: Stage, at: datetime) -> None:
    """`consent = no` always counts: also of a row that is left out, for the client that we have.

    A CRM that makes a person unrecognisable leaves the name empty, and such a row is refused.
    """
    own = clients.c
    says_no = select(stage.refused.c.id).where(stage.refused.c.refuses)
    is_news = and_(own.client_id.in_(says_no), own.consent != Consent.NO, own.erased_on.is_(None))
    columns = _stated(stage, own.client_id, SUBJECT_OF["consent"], literal(Consent.NO.value), at)
    rows = select(*columns.values()).where(is_news)
    stage.connection.execute(insert(consent_history).from_select(list(columns), rows, include_defaults=False))
    stage.connection.execute(update(clients).where(is_news).values(consent=Consent.NO.value))


def _keep_of_mail(
    stage: Stage, column: str, subject: str, becomes: ColumnElement[Any], is_part: IsInPart, at: datetime
) -> None:
    is_news, value = _news(stage, column, becomes)
    if isinstance(value.type, Boolean):
        value = case((value.is_(True), "yes"), (value.is_(False), "no"), else_="unknown")
    _insert(stage, _stated(stage, stage.id, subject, value, at), is_part & is_news)


def _stated(
    stage: Stage, client_id: ColumnElement[str], subject: str, value: ColumnElement[Any], at: datetime
) -> dict[Any, ColumnElement[Any]]:
    """The columns of a row of the history: an export stated this of a client."""
    history = consent_history.c
    return {
        history.recipient: literal(""),
        history.client_id: client_id,
        history.change: literal(STATED),
        history.subject: literal(subject),
        history.value: value,
        history.since: literal(day_in_amsterdam(at), history.since.type),
        history.changed_at: _moment(stage, at),
        history.source: literal(SOURCE),
    }


def _keep_of_calls(stage: Stage, becomes: ColumnElement[Any], is_part: IsInPart, at: datetime) -> None:
    own = call_consents.c
    is_news, value = _news(stage, "phone_consent", becomes)
    columns: dict[Any, ColumnElement[Any]] = {
        own.client_id: stage.id,
        own.consent: value,
        own.source: literal(SOURCE),
        own.told_at: _moment(stage, at),
    }
    _insert(stage, columns, is_part & is_news & value.is_not(None))


def _news(stage: Stage, column: str, becomes: ColumnElement[Any]) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """SQL for: the export says something new of this client; and for what it becomes by that."""
    stored, staged = clients.c[column], stage.table.c[column]
    is_new = clients.c.client_id.is_(None)
    says_something = staged.is_not(None) if isinstance(staged.type, Boolean) else staged != Consent.UNKNOWN
    is_news = or_(and_(is_new, says_something), and_(~is_new, becomes.is_distinct_from(stored)))
    return is_news, case((is_new, staged), else_=becomes)


def _moment(stage: Stage, at: datetime) -> ColumnElement[Any]:
    kind = consent_history.c.changed_at.type
    moment: ColumnElement[Any] = literal(at, kind)
    return cast(moment, kind) if stage.connection.dialect.name == "postgresql" else moment


def _insert(stage: Stage, columns: Mapping[Any, ColumnElement[Any]], condition: ColumnElement[bool]) -> None:
    rows = select(*columns.values()).select_from(stage.table.outerjoin(clients, has_same_id(stage))).where(condition)
    table = next(iter(columns)).table
    stage.connection.execute(insert(table).from_select(list(columns), rows, include_defaults=False))
