"""Stop a campaign for good: what has not gone yet does not go."""

import os
from contextlib import suppress
from typing import Annotated

from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.secrecy import flow, task
from flows.ui.artifacts.campaign import KEY
from flows.ui.markdown import escaped, table
from flows.ui.publishing import publish
from programme.campaigns.form.form_words import WITHDRAWAL
from programme.campaigns.names import name_of
from programme.words.dates import AMSTERDAM
from programme.words.numerals import dotted
from programme.words.wording import clock_words, date_words
from tasks.base.prefect_api import NoServer, PrefectApi
from tasks.base.workspace import Workspace, now_in_amsterdam, open_workspace
from tasks.campaigns import stopping
from tasks.campaigns.goes.keeping import list_waiting
from tasks.campaigns.goes.starting import cancel_runs
from tasks.campaigns.stopping import Gone, Stop

look = task(name="count-waiting", cache_policy=NO_CACHE)(stopping.count_waiting)
withdraw = task(name="withdraw", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)(stopping.withdraw)


class CampaignUnknown(Exception):
    """No campaign of that name was ever started."""


@flow(name="campaign-withdrawal", flow_run_name="campaign-withdrawal-{name}")
def campaign_withdrawal(
    name: Annotated[str, Field(min_length=3, json_schema_extra={"title": WITHDRAWAL["name"].label})],
    withdrawn_by: Annotated[
        str, Field(min_length=2, pattern=r"\S", json_schema_extra={"title": WITHDRAWAL["withdrawn_by"].label})
    ],
    dry_run: Annotated[bool, Field(json_schema_extra={"title": WITHDRAWAL["dry_run"].label})] = True,
) -> int:
    """Trekt een campagne in: wat nog niet verstuurd is, gaat niet meer uit, en onder deze naam start niets meer.

    Args:
        name: De naam van de campagne, zoals bij het starten.
        withdrawn_by: Wie dit doet; wordt bij de campagne bewaard.
        dry_run: Alleen kijken hoeveel mails er nog tegengehouden kunnen worden. Zet uit om echt in te trekken.
    """
    workspace, known_as = open_workspace(), name_of(name)
    stopped = look(workspace.engine, known_as) if dry_run else withdraw(workspace.engine, known_as, withdrawn_by)
    if stopped is None:
        raise CampaignUnknown(_why_unknown(workspace, known_as))
    if not dry_run:
        with suppress(NoServer):  # a run that stays finds the campaign stopped, and sends nothing
            cancel_runs(PrefectApi.of(os.environ), known_as, "De campagne is ingetrokken.")
    stop, gone = stopping.read_stop(workspace.engine, known_as), stopping.read_gone(workspace.engine, known_as)
    told = withdrawal_markdown(known_as, stopped, stop, gone)
    card = f"Intrekken van {known_as}: {dotted(stopped)} {'mail' if stopped == 1 else 'mails'}"
    publish(key=f"{KEY}-{known_as}-ingetrokken", markdown=told, description=card)
    return stopped


def _why_unknown(workspace: Workspace, name: str) -> str:
    if any(go.name == name for go in list_waiting(workspace.engine, now_in_amsterdam())):
        return (
            f"Voor {name} wordt nog akkoord gevraagd, dus er is niets om in te trekken. "
            "Laat op de balie nee zeggen, dan gaat de campagne niet uit."
        )
    return f"Er is nog nooit een campagne {name} gestart. Kijk de naam na bij de runs."


def withdrawal_markdown(name: str, stopped: int, stop: Stop | None, gone: Gone) -> str:
    """What was stopped and by whom, the first who did; of a look, what could still be."""
    fate = table(
        ("Mails", "Aantal"),
        [
            ("Verstuurd", gone.sent),
            ("Onderweg of in twijfel", gone.under_way),
            ("Tegengehouden", gone.stopped),
        ],
    )
    if stop is None:
        return f"# {name}: proef\n\nMails die nog tegengehouden kunnen worden: {dotted(stopped)}.\n\n{fate}"
    at = stop.at.astimezone(AMSTERDAM)
    by = f"Door {escaped(stop.by_name)} op {date_words(at.date())} om {clock_words(at)} uur."
    return f"# {name} is ingetrokken\n\n{by}\n\n{fate}"
