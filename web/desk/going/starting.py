"""Starts a campaign that may leave. Without Prefect nothing is lost, and the same can be pressed again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from programme.words.dates import AMSTERDAM
from tasks.base.prefect_api import NoServer
from tasks.campaigns.checks import AcceptedOrder, OrderRefused, check_order
from tasks.campaigns.drafts import delete_draft, read_draft
from tasks.campaigns.goes.keeping import Go, GoQuestion, Noted, keep_started, without_test_address
from tasks.campaigns.goes.starting import start_run
from tasks.campaigns.register import NameTaken, register
from web.desk.goes import goes_of
from web.desk.visit import Refused, Visit

NO_PREFECT = (
    "Prefect antwoordt niet, dus de campagne is nog niet gestart. Er is niets verstuurd en niets kwijt. "
    "Probeer het over een minuut opnieuw; twee keer drukken verstuurt niets dubbel."
)
NO_SETTING = (
    "De campagne kan hier niet starten: Prefect is niet ingesteld (PREFECT_API_URL). Er is niets verstuurd en niets "
    "kwijt. Vraag beheer, en probeer het daarna opnieuw."
)
NAME_TAKEN = "Onder deze naam ging al iets anders uit, of de campagne is gestopt. Kies een nieuwe naam."


def order_of(visit: Visit, form: Mapping[str, Any]) -> AcceptedOrder:
    """The order in a form, as it may start now. Raises Refused with every fault."""
    try:
        return check_order(visit.workspace, form, visit.at.astimezone(AMSTERDAM))
    except OrderRefused as refusal:
        raise Refused(" ".join(map(str, refusal.faults)), 422) from None


def start(visit: Visit, go: Go) -> str:
    """Start the run of a go that may leave. Safe to repeat: one go makes one run.

    Returns:
        "" when it has started, else why not, as a Dutch sentence.

    Raises:
        Refused: it cannot start any more as it was asked.
    """
    if go.run_id:
        return ""
    order = order_of(visit, go.form)
    try:
        register(visit.engine, order.campaign, order.moment, without_test_address(go.form))
    except NameTaken:
        raise Refused(NAME_TAKEN) from None
    api = goes_of(visit.request).api
    if not api.url:
        return NO_SETTING
    try:
        run_id = start_run(api, go.name, go.go_id, go.form)
    except NoServer:
        return NO_PREFECT
    keep_started(visit.engine, go.go_id, run_id, visit.at)
    _drop_draft(visit, go)
    return ""


def _drop_draft(visit: Visit, go: Go) -> None:
    """The draft has become a campaign; one that was changed since stays."""
    draft = read_draft(visit.engine, go.draft_id) if go.draft_id else None
    if draft and without_test_address(draft.form) == go.form:
        delete_draft(visit.engine, draft.draft_id, draft.version)


def acting(visit: Visit, act: str, go: Go | GoQuestion) -> Noted:
    """Records this act on a go, in the transaction of the deed."""

    def note(connection: Connection) -> None:
        visit.record(connection, act, go.go_id, after={"campaign": go.name, "people": go.people})

    return note
