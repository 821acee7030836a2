"""What a person said and what he got belongs to the person, whatever the CRM does to his records."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.suppressions import read_opt_outs, suppress
from models.tables import clients, feedback, messages, projects
from programme.care.signals import refuses_marketing
from programme.rules.decide import decide_recipient
from programme.rules.recipient_day import RecipientDay
from programme.words.states import Flow, Reason, SuppressionReason
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.open_cases import read_open_cases
from tasks.clients.surveys import read_surveyed
from tasks.inbound.suppressions import NotSuppressed, lift_suppression
from tests import factories as make

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = date(2026, 3, 1)


def _client(engine: Engine, client_id: str, recipient: str) -> None:
    columns = ["client_id", "name", "recipient", "kind", "consent", "channel", "id_crc32"]
    with writing(engine) as connection:
        insert_rows(connection, clients, columns, [[client_id, "Anna", recipient, "consument", "yes", "email", 1]])


def _move(engine: Engine, client_id: str, recipient: str) -> None:
    with writing(engine) as connection:
        connection.execute(clients.update().where(clients.c.client_id == client_id).values(recipient=recipient))


def _suppress(engine: Engine, address: str, reason: SuppressionReason, since: date = DAY) -> None:
    with writing(engine) as connection:
        suppress(connection, address, reason, since, source="page", changed_at=NOW)


@pytest.mark.parametrize("reason", list(SuppressionReason))
@pytest.mark.parametrize("moves_first", [True, False])
def test_an_opt_out_follows_the_person(engine: Engine, reason: SuppressionReason, moves_first: bool) -> None:
    """Said before or after the address changed; what a server said of the old address stays with that address."""
    _client(engine, "K1", "anna@oud.nl")
    if not moves_first:
        _suppress(engine, "anna@oud.nl", reason)
    _move(engine, "K1", "anna@nieuw.nl")
    if moves_first:
        _suppress(engine, "anna@oud.nl", reason)
    with reading(engine) as connection:
        (person,) = read_recipients(connection, make.shipped_programme(), ["K1"], DAY)
        opted_out = read_opt_outs(connection, ["anna@nieuw.nl"])
    is_wish = reason in (SuppressionReason.UNSUBSCRIBE, SuppressionReason.SPAM_REPORT)
    assert person.suppressed_since == (DAY if is_wish else None)
    assert bool(opted_out) == is_wish


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_an_opt_out_outlives_the_address(engine: Engine, reason: SuppressionReason) -> None:
    """The CRM cleared it: no mail can go, and who said no gets no marketing call or letter in its place either.

    Somebody else without an address shares nothing with him.
    """
    programme = make.shipped_programme()
    _client(engine, "K1", "anna@oud.nl")
    _client(engine, "K2", "")
    _suppress(engine, "anna@oud.nl", reason)
    _move(engine, "K1", "")
    with reading(engine) as connection:
        found = read_recipients(connection, programme, ["K1", "K2"], DAY)
    refuses = {person.clients[0].client_id: refuses_marketing(RecipientDay(programme, person, DAY)) for person in found}
    is_wish = reason in (SuppressionReason.UNSUBSCRIBE, SuppressionReason.SPAM_REPORT)
    assert refuses == {"K1": is_wish, "K2": False}


def test_a_lift_names_the_address_that_stands_in_the_way(engine: Engine) -> None:
    """The present address is not on the list; whoever lifts is told which one is."""
    _client(engine, "K1", "anna@oud.nl")
    _suppress(engine, "anna@oud.nl", SuppressionReason.UNSUBSCRIBE)
    _move(engine, "K1", "anna@nieuw.nl")
    with pytest.raises(NotSuppressed, match=r"opted out as anna@oud\.nl"):
        lift_suppression(engine, "Anna@nieuw.nl", "Piet", "a call", NOW)
    lift_suppression(engine, "anna@oud.nl", "Piet", "a call", NOW)
    with reading(engine) as connection:
        assert read_opt_outs(connection, ["anna@nieuw.nl"]) == {}


@pytest.mark.parametrize(
    ("origin", "giver_is_gone", "holds"), [("page", False, True), ("import", True, True), ("import", False, False)]
)
def test_a_complaint_follows_its_project(engine: Engine, origin: str, giver_is_gone: bool, holds: bool) -> None:
    """A record that the CRM merged away holds the mails of who has its project now; a row of the export that names a
    client who is there is the complaint of that client alone, and nobody else's project makes it theirs.
    """
    programme = make.shipped_programme()
    _client(engine, "K1", "anna@nieuw.nl")
    _client(engine, "K2", "anna@oud.nl")
    columns = ["project_id", "client_id", "type", "value_cents", "ordered_on", "delivered_on"]
    with writing(engine) as connection:
        insert_rows(connection, projects, columns, [["P1", "K1", "dakkapel", 1, DAY, DAY]])
        row = ["F1", "K2", "P1", DAY, "nps", 1, origin]
        names = ["feedback_id", "client_id", "project_id", "given_on", "kind", "score", "origin"]
        insert_rows(connection, feedback, names, [row])
        if giver_is_gone:
            connection.execute(clients.update().where(clients.c.client_id == "K2").values(held_on=DAY))
    with reading(engine) as connection:
        (person,) = read_recipients(connection, programme, ["K1"], DAY)
        in_case = set(read_open_cases(connection, programme, DAY))
    surveyed = {who.recipient: who.reason for who in read_surveyed(engine, programme, DAY)}
    assert RecipientDay(programme, person, DAY).has_open_case == holds
    assert in_case == ({"K1", "K2"} if holds else {"K2"})
    assert (surveyed["anna@nieuw.nl"] == Reason.OPEN_CASE) == holds


def test_the_mail_of_a_project_is_not_repeated_under_another_record() -> None:
    """One touchpoint, one project, one address: closed, though the record has another number now. A season is not."""
    told = make.message("check_in", date(2025, 11, 15), client_id="K9", occasion="P1")
    season = make.message("seasonal", date(2025, 9, 1), client_id="K9", occasion="P1")
    person = make.recipient(make.client(projects=(make.project(),)), messages=(told, season))
    day = date(2025, 11, 16)
    decided = decide_recipient(make.shipped_programme(), Flow.DAILY, person, day)
    assert "check_in" not in [each.touchpoint for each in decided]
    elsewhere = told._replace(recipient="iemand@anders.nl")
    person = make.recipient(make.client(projects=(make.project(),)), messages=(elsewhere,))
    decided = decide_recipient(make.shipped_programme(), Flow.DAILY, person, day)
    assert "check_in" in [each.touchpoint for each in decided]


@pytest.mark.parametrize("read_together", [["K1"], ["K1", "K2"]])
def test_what_went_to_an_address_stays_with_it(engine: Engine, read_together: list[str]) -> None:
    """A record that was mailed at a shared address has left it; who stays has still had that mail, whoever else is
    read beside him, and who left has had it nowhere else.
    """
    programme = make.shipped_programme()
    _client(engine, "K1", "samen@voorbeeld.nl")
    _client(engine, "K2", "samen@voorbeeld.nl")
    row = {"message_id": "1" * 32, "client_id": "K2", "recipient": "samen@voorbeeld.nl", "touchpoint": "check_in"}
    row |= {"occasion": "P1", "flow": "daily", "purpose": "service", "status": "accepted"}
    days = {"as_of": DAY, "due_on": DAY, "closes_on": DAY}
    with writing(engine) as connection:
        connection.execute(messages.insert().values(**row, **days, attempts=1))
    _move(engine, "K2", "elders@voorbeeld.nl")
    with reading(engine) as connection:
        people = {person.address: person for person in read_recipients(connection, programme, read_together, DAY)}
    counted = {address: RecipientDay(programme, person, DAY).messages for address, person in people.items()}
    assert [message.client_id for message in counted["samen@voorbeeld.nl"]] == ["K2"]
    assert counted.get("elders@voorbeeld.nl", []) == []


@pytest.mark.parametrize(
    "name", ["Jan de Vries (overleden)", "J. de Vries †", "Wijlen J. de Vries", "De erven J. de Vries"]
)
def test_who_has_died_is_no_candidate(name: str) -> None:
    """Nothing is decided about them at all, and a message that was planned does not go."""
    from programme.rules.decide import recheck_reason

    programme, day = make.shipped_programme(), date(2025, 11, 16)
    living = make.recipient(make.client(projects=(make.project(),)))
    dead = make.recipient(make.client(projects=(make.project(),), name=name))
    assert decide_recipient(programme, Flow.DAILY, living, day)
    assert decide_recipient(programme, Flow.DAILY, dead, day) == []
    kind = programme.kinds["check_in"]
    assert recheck_reason(programme, kind, dead, dead.clients[0], day) == Reason.NO_ADDRESS
