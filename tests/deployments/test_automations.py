"""What is told, to whom, when a run goes wrong; and what an alert looks like on arrival."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from deployments.automations import blocks_of, failed_automation, late_automation, telling_lines
from models.settings import Settings
from tests.deployments.recorder import Recorder
from tests.factories import shipped_programme

pytestmark = pytest.mark.slow  # Prefect takes seconds to import

BRAND = shipped_programme().brand


def settings(**changes: object) -> Settings:
    return Settings(_env_file=None, **changes)  # type: ignore[arg-type]


def test_bad_news_is_all_that_somebody_should_look_at() -> None:
    """A run that failed or crashed, each by itself."""
    trigger = failed_automation([]).trigger
    assert trigger.expect == {f"prefect.flow-run.{name}" for name in ("Failed", "Crashed", "TimedOut")}
    assert trigger.for_each == {"prefect.resource.id"}


def test_runs_that_do_not_start_are_told_once_an_hour() -> None:
    """After two days without a worker sixteen runs were late at once, with an alert each; one says it."""
    trigger = late_automation([]).trigger
    assert trigger.expect == {"prefect.flow-run.Late"}
    assert trigger.for_each == set()  # all of them count as one
    assert trigger.within == timedelta(hours=1)


def test_without_an_address_nobody_is_told() -> None:
    """Neither setting, or an address without the key that mail needs."""
    assert blocks_of(settings(), BRAND) == {}
    assert blocks_of(settings(alert_email="beheer@voorbeeld.nl"), BRAND) == {}


def test_who_deploys_reads_who_is_told_and_why_an_address_is_not() -> None:
    """Nobody is asked to set what is set already."""
    assert list(telling_lines(settings(), [])) == [
        "failed and late runs are told to nobody; set BOUWCLUB_ALERT_URL or BOUWCLUB_ALERT_EMAIL"
    ]
    without_key = list(telling_lines(settings(alert_email="beheer@voorbeeld.nl"), []))
    assert without_key == [
        "BOUWCLUB_ALERT_EMAIL is told nothing: mail needs BOUWCLUB_SENDGRID_API_KEY, which is not set",
        "failed and late runs are told to nobody",
    ]
    with_key = settings(alert_email="beheer@voorbeeld.nl", sendgrid_api_key=SecretStr("SG.key"))
    assert list(telling_lines(with_key, ["bouwclub-mail"])) == ["failed and late runs are told by bouwclub-mail"]


def test_a_webhook_gets_what_slack_takes() -> None:
    """One JSON object with a text; the address itself is kept as a secret."""
    with Recorder() as recorder:
        (block,) = blocks_of(settings(alert_url=SecretStr(f"{recorder.url}/hook")), BRAND).values()
        block.notify("daily-2026-03-02: Failed.", "Bouwclub: daily")

    (posted,) = recorder.posted
    assert posted.path == "/hook"
    assert posted.body == {"text": "Bouwclub: daily\ndaily-2026-03-02: Failed."}
    assert recorder.url not in str(block.model_dump())


def test_a_mail_goes_by_the_provider_of_the_settings() -> None:
    """To each address, from the firm's own, by the host that the settings name, so the EU endpoint works as well."""
    with Recorder() as recorder:
        given = settings(
            alert_email="een@voorbeeld.nl, twee@voorbeeld.nl",
            sendgrid_api_key=SecretStr("SG.key"),
            sendgrid_host=f"{recorder.url}/",
        )
        (block,) = blocks_of(given, BRAND).values()
        block.notify("daily-2026-03-02: Failed.", "Bouwclub: daily")

    (posted,) = recorder.posted
    assert posted.path == "/v3/mail/send"
    assert posted.headers["Authorization"] == "Bearer SG.key"
    assert posted.body["personalizations"][0]["to"] == [{"email": "een@voorbeeld.nl"}, {"email": "twee@voorbeeld.nl"}]
    assert posted.body["from"]["email"] == BRAND.sender_address
    assert posted.body["content"][0]["value"] == "daily-2026-03-02: Failed."
