"""What the server does by itself when a run dies, fails or starts late."""

from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from models.settings import Settings
from programme.schema import Brand

HEARTBEAT_SECONDS = 30  # the shortest that Prefect allows; workers send it for each run
SILENCE_SECONDS = 90  # three heartbeats
ENDED = ("Completed", "Failed", "Cancelled", "Crashed", "Suspended")
BAD_NEWS = ("Failed", "Crashed", "TimedOut", "Late")  # late: no worker took it within ten minutes

ZOMBIES, BAD_NEWS_TOLD = "bouwclub: run zonder hartslag", "bouwclub: run mislukt of te laat"
SUBJECT = "Bouwclub: {{ flow.name }} {{ flow_run.state.name }}"
BODY = "{{ flow_run.name }}: {{ flow_run.state.name }}. {{ flow_run.state.message }}\n{{ flow_run|ui_url }}"


def zombie_automation() -> Any:
    """A run whose heartbeat stops is marked as crashed; otherwise it would look busy for good and hold up the next."""
    from prefect.automations import Automation, EventTrigger
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState

    message = f"Geen hartslag meer sinds {SILENCE_SECONDS} s: de machine of het proces is weg."
    return Automation(
        name=ZOMBIES,
        description="Markeert een run waarvan de machine is weggevallen als gecrasht, zodat de volgende kan beginnen.",
        trigger=EventTrigger(
            posture="Proactive",
            threshold=1,
            after={"prefect.flow-run.heartbeat"},
            expect={f"prefect.flow-run.{name}" for name in ("heartbeat", *ENDED)},
            for_each={"prefect.resource.id"},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            within=timedelta(seconds=SILENCE_SECONDS),
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message=message)],
    )


def alert_automation(blocks: list[Any]) -> Any:
    """Tell about each run that failed, crashed or did not start, through every block given."""
    from prefect.automations import Automation, EventTrigger
    from prefect.events.actions import SendNotification

    return Automation(
        name=BAD_NEWS_TOLD,
        description="Meldt een run die mislukte, crashte of niet op tijd begon.",
        trigger=EventTrigger(
            posture="Reactive",
            threshold=1,
            expect={f"prefect.flow-run.{name}" for name in BAD_NEWS},
            for_each={"prefect.resource.id"},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            within=timedelta(0),
        ),
        actions=[SendNotification(block_document_id=block, subject=SUBJECT, body=BODY) for block in blocks],
    )


def register_automations(settings: Settings) -> list[str]:
    """Make or renew both; without an address to tell, the second is taken away. Returns one line each."""
    from tasks.programme import load_programme

    found = blocks_of(settings, load_programme(settings.programme).brand)
    blocks = [block.save(name, overwrite=True) for name, block in found.items()]
    _put(ZOMBIES, zombie_automation())
    _put(BAD_NEWS_TOLD, alert_automation(blocks) if blocks else None)
    told = f"by {', '.join(found)}" if found else "to nobody; set BOUWCLUB_ALERT_URL or BOUWCLUB_ALERT_EMAIL"
    return [
        f"runs without a heartbeat for {SILENCE_SECONDS} s are marked as crashed",
        f"failed and late runs are told {told}",
    ]


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

    people = [{"email": address.strip()} for address in settings.alert_email.split(",")]
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
