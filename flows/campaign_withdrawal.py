"""Stop a campaign for good: what has not gone yet does not go."""

from typing import Annotated

from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.secrecy import flow, task
from flows.ui.artifacts.campaign import KEY
from flows.ui.markdown import escaped
from flows.ui.publishing import publish
from programme.campaigns.form.form_words import WITHDRAWAL
from programme.campaigns.names import name_of
from tasks.base.workspace import open_workspace
from tasks.campaigns import stopping

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
        raise CampaignUnknown(f"Er is nog nooit een campagne {known_as} gestart. Kijk de naam na bij de runs.")
    if dry_run:
        told = f"# {known_as}: proef\n\nMails die nog tegengehouden kunnen worden: {stopped}."
    else:
        told = f"# {known_as} is ingetrokken\n\nTegengehouden mails: {stopped}. Door {escaped(withdrawn_by)}."
    key = f"{KEY}-{known_as}-ingetrokken"
    publish(
        key=key, markdown=told, description=f"Intrekken van {known_as}: {stopped} {'mail' if stopped == 1 else 'mails'}"
    )
    return stopped
