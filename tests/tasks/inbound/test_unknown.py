"""Mail from nobody we know, on both databases: linked once, or put aside once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select

from models import tables
from models.database.engine import reading, writing
from programme.care.tick import Tick
from tasks.care.people.prompt import make_prompt_tasks
from tasks.inbound.replies.unknown import (
    MailNotOpen,
    NoSuchClient,
    count_unknown,
    link_to_client,
    list_unknown,
    put_aside,
)
from tests.factories import shipped_programme

AT = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)
BY = "Bas Hoekstra"


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """Two mails that wait, one of a client, and an erased client."""
    client = {"name": "Jan", "kind": "consument", "consent": "unknown", "channel": "email", "id_crc32": 1}
    mail = {"received_on": date(2026, 3, 2), "sender": "iemand@elders.example", "words": "Waar is mijn tekening?"}
    with writing(engine) as connection:
        for client_id, erased_on in (("K1", None), ("K2", date(2026, 1, 1))):
            values = {"client_id": client_id, "recipient": f"{client_id}@voorbeeld.nl", "erased_on": erased_on}
            connection.execute(insert(tables.clients).values(**client, **values))
        for number, standing in enumerate(("unknown", "unknown", "client"), start=1):
            values = {"mail_id": f"m{number}", "standing": standing, "received_at": AT - timedelta(hours=20 - number)}
            connection.execute(insert(tables.inbound_mails).values(**mail, **values))
    return engine


def test_a_linked_mail_is_the_clients_own(waiting: Engine) -> None:
    """It is a contact dated the day it came, an activity, and a task to answer; it waits no more."""
    with writing(waiting) as connection:
        interaction_id, _ = link_to_client(connection, "m1", "K1", BY, AT)
        assert [each.mail_id for each in list_unknown(connection, 10)] == ["m2"]
        (task,) = make_prompt_tasks(connection, Tick(AT + timedelta(minutes=5), shipped_programme()))
    assert task.values["task_id"] == f"reply:K1:{interaction_id}"
    with reading(waiting) as connection:
        contact = connection.execute(select(tables.interactions)).one()
        assert (contact.client_id, contact.occurred_on, contact.direction) == ("K1", date(2026, 3, 2), "in")
        assert connection.execute(select(tables.activity.c.occurred_on)).scalars().all() == [date(2026, 3, 2)]
        whose = select(tables.inbound_mails.c["mail_id", "client_id"]).order_by(tables.inbound_mails.c.mail_id)
        assert connection.execute(whose).all() == [("m1", "K1"), ("m2", None), ("m3", None)]


def test_each_is_settled_once(waiting: Engine) -> None:
    """Whoever comes second hears so, whatever was done first; so for a client's mail and one that never came."""
    with writing(waiting) as connection:
        put_aside(connection, "m1", BY, AT)
        link_to_client(connection, "m2", "K1", BY, AT)
        for mail_id in ("m1", "m2", "m3", "m9"):
            with pytest.raises(MailNotOpen):
                put_aside(connection, mail_id, BY, AT)
            with pytest.raises(MailNotOpen):
                link_to_client(connection, mail_id, "K1", BY, AT)
        assert count_unknown(connection) == 0
        assert _contacts(connection) == 1


def test_only_a_client_that_is_there(waiting: Engine) -> None:
    """An erased or unknown client gets no mail linked, and the mail still waits, the oldest first."""
    with writing(waiting) as connection:
        for client_id in ("K2", "K9"):
            with pytest.raises(NoSuchClient):
                link_to_client(connection, "m1", client_id, BY, AT)
        assert [each.mail_id for each in list_unknown(connection, 10)] == ["m1", "m2"]
        assert [each.mail_id for each in list_unknown(connection, 1, 1)] == ["m2"]
        assert _contacts(connection) == 0


def _contacts(connection: Connection) -> int:
    return len(connection.execute(select(tables.interactions)).all())
