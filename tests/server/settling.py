"""What an engineer does after a crash, and what people got in the end."""

from collections import Counter
from datetime import date

from sqlalchemy import select

from models.database.engine import reading
from models.tables import messages
from programme.words.states import MessageStatus
from tests.server.stack import Stack
from tests.standin.mailbox import read_log
from tests.standin.server import StandIn


def settle_doubts(stack: Stack, day: date) -> None:
    """As an engineer does: ask the provider what arrived, and let the rest go again by name."""
    stack.command("cli", "reconcile")
    query = select(messages.c.request_id.distinct()).where(
        messages.c.as_of == day, messages.c.status == MessageStatus.IN_DOUBT
    )
    with reading(stack.engine) as connection:
        doubtful = list(connection.execute(query).scalars())
    for request_id in doubtful:
        stack.command("cli", "resend", "--request", request_id, "--by", "A. Tester")


def sent_to(standin: StandIn, people: set[str]) -> Counter[str]:
    """How often each of them got a mail."""
    sent = (person[1] for entry in read_log(standin.mailbox.path) for person in entry["people"])
    return Counter(address for address in sent if address in people)
