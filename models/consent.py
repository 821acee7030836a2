"""The one place that keeps what clients choose and consent to, with its proof: source, wording, time and person.

Choices and consents to mail stand in consent_history, consents to calls in call_consents.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from models.database.given import in_values
from models.tables import call_consents, clients, consent_history
from programme.facts.preferences import ON
from programme.words.dates import day_in_amsterdam
from programme.words.states import PreferenceName

CHOSEN = "chosen"
STATED = "stated"

# The columns of a client that are consents to mail, each with the subject under which the history has it.
SUBJECT_OF = {"consent": "email_consent", "tracking_consent": "tracking_consent"}


class Chosen(NamedTuple):
    """One choice.

    Attributes:
        name: a PreferenceName; of a topic "topic:<topic>".
        wording: what stood beside it.
    """

    name: str
    value: str
    wording: str


class Proof(NamedTuple):
    """How we know of it.

    Attributes:
        source: preferences, desk, call or import.
        wording: the words that were read or said; None where nobody recorded them.
        how: where and how it was said, in the words of who entered it.
        by_name: the person at the firm who entered it.
        message_id: the mail whose link led to the page.
    """

    source: str
    at: datetime
    wording: str | None = None
    how: str | None = None
    by_name: str | None = None
    message_id: str | None = None


def choose(connection: Connection, recipient: str, choices: Sequence[Chosen], proof: Proof) -> int:
    """Keep the choices of an address in the history, and on all of its client records what they say of those.

    In the caller's transaction. Safe to repeat: the same choices at the same moment are kept once.

    Returns:
        The number of choices kept now.
    """
    known = _known_at(connection, recipient, proof.at)
    news = [one for one in choices if (one.name, one.value) not in known]
    if not news:
        return 0
    day = day_in_amsterdam(proof.at)
    rows = [_row(recipient, one, day, proof) for one in news]
    connection.execute(insert(consent_history), rows)
    these = clients.c.recipient == recipient
    for one in news:
        if one.name == PreferenceName.CHANNEL:
            connection.execute(update(clients).where(these).values(channel=one.value, channel_told_on=day))
        elif one.name == PreferenceName.PHONE_CONSENT:
            for client_id in connection.scalars(select(clients.c.client_id).where(these)).all():
                state_phone_consent(connection, client_id, one.value == ON, proof._replace(wording=one.wording))
    return len(news)


def state_phone_consent(connection: Connection, client_id: str, consent: bool, proof: Proof) -> None:
    """Set whether a client may be called for marketing, with its proof. No import turns a refusal into a consent.

    In the caller's transaction.
    """
    day = day_in_amsterdam(proof.at)
    mine = clients.c.client_id == client_id
    connection.execute(update(clients).where(mine).values(phone_consent=consent, phone_consent_told_on=day))
    connection.execute(
        insert(call_consents).values(
            client_id=client_id,
            consent=consent,
            source=proof.source,
            wording=proof.wording,
            how=proof.how,
            told_at=proof.at,
            by_name=proof.by_name,
        )
    )


def keep_told_channels(connection: Connection) -> None:
    """Client records that came later get the channel and the consent to calls that their address chose. Idempotent."""
    history, own = consent_history.c, clients.c
    asked = (
        history.change == CHOSEN,
        history.subject.in_([PreferenceName.CHANNEL.value, PreferenceName.PHONE_CONSENT.value]),
    )
    rows = connection.execute(
        select(history.recipient, history.subject, history.value, history.since).where(*asked).order_by(history.id)
    )
    for (recipient, subject), (value, since) in {(row[0], row[1]): (row[2], row[3]) for row in rows}.items():
        told_on = own[f"{subject}_told_on"]
        values: dict[str, object] = {
            subject: value if subject == PreferenceName.CHANNEL else value == ON,
            told_on.name: since,
        }
        connection.execute(update(clients).where(own.recipient == recipient, told_on.is_(None)).values(values))


def _known_at(connection: Connection, recipient: str, at: datetime) -> set[tuple[str, str]]:
    history = consent_history.c
    query = select(history.subject, history.value).where(
        in_values(history.recipient, [recipient]),
        history.change == CHOSEN,
        history.changed_at == at,
    )
    return {(subject, value) for subject, value in connection.execute(query)}


def _row(recipient: str, one: Chosen, since: date, proof: Proof) -> dict[str, object]:
    return {
        "recipient": recipient,
        "change": CHOSEN,
        "subject": one.name,
        "value": one.value,
        "since": since,
        "changed_at": proof.at,
        "source": proof.source,
        "wording": one.wording,
        "message_id": proof.message_id,
    }
