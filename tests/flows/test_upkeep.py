"""What the quarter-hourly and the nightly flow do about what lies around."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from sqlalchemy import Engine, insert, select

from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import answers, events, messages, people_tasks, requests, suppressions
from tests.tasks.inbound.test_events import IDS, event, message

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("prefect")]

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
HOSTILE = "</td><script>alert(1)</script> [klik](javascript:x) | **"


@pytest.fixture
def base(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", str(sqlite_engine.url))
    monkeypatch.setenv("BOUWCLUB_SECRET_KEY", "a key for tests")
    return sqlite_engine


def latest_artifact(key: str) -> Any:
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])))
    return max(found, key=lambda artifact: artifact.created) if found else None


def test_upkeep_finishes_what_a_crash_left(base: Engine) -> None:
    """Events that were stored are worked out, and a dead worker's request ends in doubt, its claim free."""
    from flows.upkeep import upkeep

    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    with writing(base) as connection:
        connection.execute(insert(messages).values(**message(0, "sending", id=1, request_id="q")))
        connection.execute(insert(messages).values(**message(2, "in_doubt", id=2)))
        request = {"request_id": "q", "as_of": NOW.date(), "delivery": "sendgrid", "touchpoint": "check_in"}
        request |= {"recipients": 1, "first_id": 1, "last_id": 1, "worker": "gone", "state": "on_wire"}
        connection.execute(insert(requests).values(**request, claimed_at=long_ago, lease_until=long_ago))
        told = event(2, 2, 0)
        values = {"provider_event_id": "e", "kind": "delivered", "message_id": IDS[2], "payload": json.dumps(told)}
        values |= {"recipient": "r2@example.nl", "occurred_at": NOW, "received_at": NOW, "is_machine": False}
        connection.execute(insert(events).values(**values))
    left = upkeep(dry_run=False)
    with reading(base) as connection:
        assert list(connection.scalars(select(messages.c.status).order_by(messages.c.id))) == ["in_doubt", "accepted"]
        assert connection.scalars(select(requests.c.state)).one() == "in_doubt"
    assert (left.events, left.requests, left.in_doubt) == (0, 0, 1)
    assert latest_artifact("in-twijfel").description == "In twijfel: 1 bericht"


def test_upkeep_counts_what_waits_for_people(base: Engine) -> None:
    """Open tasks by kind, in Dutch, without a client's number or words; those that ended do not count."""
    from flows.upkeep import upkeep

    with writing(base) as connection:
        for number, state in enumerate(("open", "open", "done")):
            values = {
                "task_id": f"reply:{HOSTILE}:{number}",
                "kind": "reply",
                "client_id": HOSTILE,
                "cause": str(number),
            }
            values |= {"purpose": "service", "channel": "work", "level": "engineer", "made_at": NOW, "due_at": NOW}
            connection.execute(insert(people_tasks).values(**values, state=state, attempts=0))
    upkeep(dry_run=True)
    assert "| Een klant schreef | 2 |" in latest_artifact("vandaag").data
    assert "script" not in latest_artifact("vandaag").data
    with writing(base) as connection:
        connection.execute(people_tasks.update().values(state="done"))
    upkeep(dry_run=True)
    assert "Niemand" in latest_artifact("vandaag").data


def test_the_day_over_all_flows(base: Engine) -> None:
    """What was mailed by touchpoint and campaign, what came back, what was answered: counts, under the day's name."""
    from flows.ui.today import publish_today
    from tasks.base.workspace import open_workspace

    day = NOW.date()
    with writing(base) as connection:
        for number, status in enumerate(["accepted", "accepted", "rejected", "planned"]):
            connection.execute(insert(messages).values(**message(number, status) | {"as_of": day}))
        mailing = {"flow": "campaign", "touchpoint": "newsletter", "occasion": "lente", "as_of": day}
        connection.execute(insert(messages).values(**message(5, "accepted") | mailing))
        bounce = {"kind": "bounced", "message_id": IDS[0], "payload": "{}", "recipient": "r0@example.nl"}
        bounce |= {"occurred_at": NOW, "received_at": NOW, "is_machine": False}
        connection.execute(insert(events), [bounce | {"provider_event_id": name} for name in ("e", "again")])
        answer = {"message_id": "m0", "client_id": "c0", "question": "aanbevelen", "answer": "3", "score": 3}
        answer |= {"answered_at": NOW, "answered_on": day, "needs_contact": False}
        connection.execute(insert(answers).values(**answer))
    publish_today(open_workspace(), day)
    artifact = latest_artifact(f"vandaag-{day}")
    for said in (
        "lente | 1 | 0 | 0 |",
        "| 3 | 1 | 1 |",
        "bestaat niet | 1 |",
        "aanbevelen? | 3 | 1 |",
        "1 laag cijfer",
    ):
        assert said in artifact.data
    assert artifact.description == "Verstuurd 3, antwoorden 1, wacht op ons 0"


def test_housekeeping_exchanges_the_lists(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nightly flow pulls the provider's lists into ours."""
    from flows.housekeeping import housekeeping
    from tasks.inbound import suppressions as exchange

    def api(path: str, query: dict[str, str] | None = None, body: object = None) -> Any:
        return [{"email": "weg@voorbeeld.nl", "created": 1_700_000_000}] if path == "suppression/bounces" else []

    monkeypatch.setenv("BOUWCLUB_SENDGRID_API_KEY", "SG.standin")
    monkeypatch.setattr(exchange, "open_api", lambda settings: api)
    assert Settings().sendgrid_api_key is not None
    report = housekeeping(dry_run=False)
    assert report is not None
    assert report.pulled["bounces"] == 1
    with reading(base) as connection:
        assert list(connection.scalars(select(suppressions.c.email))) == ["weg@voorbeeld.nl"]
