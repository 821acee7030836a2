"""What the server does by itself when a run fails, is marked as crashed, or starts late: it tells somebody."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from models.settings import Settings
from programme.terms.schema import Brand

BAD_NEWS = ("Failed", "Crashed", "TimedOut")
LATE = ("Late",)  # no worker took it within ten minutes
LATE_ONCE_IN = timedelta(hours=1)  # a worker that is gone makes every run late

BAD_NEWS_TOLD = "bouwclub: run mislukt"
LATE_TOLD = "bouwclub: run te laat"
EARLIER_TOLD = "bouwclub: run mislukt of te laat"  # of earlier versions
ZOMBIES = "bouwclub: run zonder hartslag"  # of earlier versions; workers look at states instead (lost_runs.py)
SUBJECT = "Bouwclub: {{ flow.name }} {{ flow_run.state.name }}"
BODY = "{{ flow_run.name }}: {{ flow_run.state.name }}. {{ flow_run.state.message }}\n{{ flow_run|ui_url }}"
LATE_SUBJECT = "Bouwclub: {{ flow.name }} begint niet"
LATE_BODY = (
    "Geen worker begon deze run op tijd. Kijk of er een worker draait; wat te laat is, begint dan vanzelf. Andere runs "
    "kunnen ook te laat zijn: die staan in de UI bij Runs als Late, en worden dit uur niet apart gemeld.\n"
    "{{ flow_run|ui_url }}"
)


def failed_automation(blocks: list[Any]) -> Any:
    """Tell about each run that failed or crashed, through every block given."""
    about = "Meldt elke run die mislukte of crashte."
    return _automation(BAD_NEWS_TOLD, about, BAD_NEWS, blocks, (SUBJECT, BODY), {"prefect.resource.id"}, timedelta(0))


def late_automation(blocks: list[Any]) -> Any:
    """Tell that runs do not start, through every block given: the first of them, and once an hour while it lasts."""
    about = "Meldt dat runs niet op tijd beginnen, hoogstens eens per uur."
    return _automation(LATE_TOLD, about, LATE, blocks, (LATE_SUBJECT, LATE_BODY), set(), LATE_ONCE_IN)


def _automation(
    name: str,
    about: str,
    states: Sequence[str],
    blocks: list[Any],
    words: tuple[str, str],
    each: set[str],
    within: timedelta,
) -> Any:
    from prefect.automations import Automation, EventTrigger
    from prefect.events.actions import SendNotification

    subject, body = words
    return Automation(
        name=name,
        description=about,
        trigger=EventTrigger(
            posture="Reactive",
            threshold=1,
            expect={f"prefect.flow-run.{state}" for state in states},
            for_each=each,
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            within=within,
        ),
        actions=[SendNotification(block_document_id=block, subject=subject, body=body) for block in blocks],
    )


def register_automations(settings: Settings) -> list[str]:
    """Make or renew what tells; without an address it is taken away. Returns a line about it."""
    from tasks.base.programme_file import load_programme

    found = blocks_of(settings, load_programme(settings.programme).brand)
    blocks = [block.save(name, overwrite=True) for name, block in found.items()]
    for earlier in (ZOMBIES, EARLIER_TOLD):
        _put(earlier, None)
    _put(BAD_NEWS_TOLD, failed_automation(blocks) if blocks else None)
    _put(LATE_TOLD, late_automation(blocks) if blocks else None)
    return list(telling_lines(settings, found))


def telling_lines(settings: Settings, found: Collection[str]) -> Iterator[str]:
    """Who is told, and what is missing for an address that was given.

    Args:
        found: the names of blocks_of.
    """
    set_none = "to nobody; set BOUWCLUB_ALERT_URL or BOUWCLUB_ALERT_EMAIL"
    if settings.alert_email and not settings.sendgrid_api_key:
        set_none = "to nobody"
        yield "BOUWCLUB_ALERT_EMAIL is told nothing: mail needs BOUWCLUB_SENDGRID_API_KEY, which is not set"
    yield f"failed and late runs are told {'by ' + ', '.join(found) if found else set_none}"


def _put(name: str, automation: Any) -> None:
    from prefect import get_client

    with get_client(sync_client=True) as client:
        for old in client.read_automations_by_name(name):
            client.delete_automation(old.id)
    if automation is not None:
        automation.create()


def blocks_of(settings: Settings, brand: Brand) -> dict[str, Any]:
    """The ways of telling that the settings name, by block name; the server keeps their secrets encrypted."""
    blocks = {}
    if settings.alert_url:
        blocks["bouwclub-meldingen"] = _webhook(settings.alert_url.get_secret_value())
    if settings.alert_email and settings.sendgrid_api_key:
        blocks["bouwclub-mail"] = _mail(settings, brand, settings.sendgrid_api_key)
    return blocks


def _webhook(address: str) -> Any:
    """What Slack's incoming webhooks take, and most others."""
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    return CustomWebhookNotificationBlock(
        name="meldingen",
        url="{{address}}",
        json_data={"text": "{{subject}}\n{{body}}"},
        secrets={"address": address},
    )


def _mail(settings: Settings, brand: Brand, key: SecretStr) -> Any:
    """A mail by SendGrid's own interface, so that its EU endpoint works as well."""
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    people = [{"email": address} for address in settings.alert_email.split(",")]
    return CustomWebhookNotificationBlock(
        name="mail",
        url=f"{settings.sendgrid_host.rstrip('/')}/v3/mail/send",
        headers={"Authorization": "Bearer {{key}}"},
        json_data={
            "personalizations": [{"to": people}],
            "from": {"email": brand.sender_address, "name": brand.name},
            "subject": "{{subject}}",
            "content": [{"type": "text/plain", "value": "{{body}}"}],
        },
        secrets={"key": key.get_secret_value()},
    )
