"""Mails, what became of them, why, and what may be sent."""

from collections.abc import Mapping

from sqlalchemy import case, exists

from models.tables import clients, messages
from tasks.privacy.tables import belongings as rows
from tasks.privacy.tables.belongings import Belonging, of_address, of_client, of_client_or_sole, of_shared, of_sole

# Whoever else has the address got these mails too: without it the caps would forget them, and mail him again at once.
_OF_OTHERS = case(
    (exists().where(clients.c.recipient == messages.c.recipient, clients.c.erased_on.is_(None)), messages.c.recipient),
    else_="",
)

_CHOSEN = {
    "since": "Vanaf",
    "change": "Wat",
    "subject": "Waarover",
    "value": "Keuze",
    "reason": "Waarom",
    "source": "Hoe",
    "wording": "Met deze woorden",
}
_SUPPRESSED = {"email": "E-mailadres", "reason": "Waarom", "since": "Sinds"}

MAILING: Mapping[str, tuple[Belonging, ...]] = {
    "messages": (
        Belonging(
            "Mails aan u",
            of_client(),
            {"recipient": _OF_OTHERS, "subject": None, "sender_name": None, "variant": None, "fields": None},
            stays=frozenset(
                {
                    "message_id",
                    "client_id",
                    "touchpoint",
                    "occasion",
                    "flow",
                    "purpose",
                    "status",
                    "segment",
                    "tier",
                    "run_id",
                    "provider_id",
                    "request_id",
                    "reason",
                }
            ),
            shown={
                "as_of": "Dag",
                "touchpoint": "Mail",
                "subject": "Onderwerp",
                "purpose": "Doel",
                "status": "Wat ervan werd",
                "segment": "Groep",
                "tier": "Niveau",
            },
        ),
        Belonging("", of_address("recipient"), {"recipient": ""}),
    ),
    "events": (
        Belonging(
            "Wat er met die mails gebeurde",
            rows.of_message_or_address,
            {"recipient": "", "reason": None, "payload": None},
            stays=frozenset({"provider_event_id", "kind", "message_id", "provider_message_id"}),
            shown={"occurred_at": "Wanneer", "kind": "Wat", "is_machine": "Door een machine"},
        ),
    ),
    "decisions": (
        Belonging(
            "Waarom u een mail wel of niet kreeg",
            of_client(),
            {"recipient": ""},
            stays=frozenset(
                {
                    "flow",
                    "client_id",
                    "touchpoint",
                    "occasion",
                    "outcome",
                    "reason",
                    "segment",
                    "tier",
                    "also",
                    "run_id",
                }
            ),
            shown={"as_of": "Dag", "touchpoint": "Mail", "outcome": "Besluit", "reason": "Waarom"},
        ),
        Belonging("", of_address("recipient"), {"recipient": ""}),
    ),
    "forecast_mails": (
        Belonging(
            "Mails die op komst zijn",
            of_client(),
            is_deleted=True,
            shown={"day": "Dag", "touchpoint": "Mail"},
        ),
    ),
    "consent_history": (
        Belonging(
            "Toestemming, afmelding en voorkeuren",
            of_client_or_sole("client_id", "recipient"),
            is_deleted=True,
            shown=_CHOSEN | {"by_name": "Vastgelegd door", "proof": "Bewijs"},
        ),
        Belonging(
            "Toestemming, afmelding en voorkeuren van een adres dat u deelt of deelde",
            of_shared("recipient"),
            hidden=frozenset({"client_id", "message_id", "by_name", "proof"}),  # may be somebody else's
            shown=_CHOSEN,
        ),
    ),
    "call_consents": (
        Belonging(
            "Toestemming om te bellen",
            of_client(),
            is_deleted=True,
            shown={
                "told_at": "Wanneer",
                "consent": "Mag",
                "source": "Hoe",
                "wording": "Met deze woorden",
                "how": "Waar",
                "by_name": "Vastgelegd door",
            },
        ),
    ),
    "suppressions": (
        Belonging(
            "Adressen zonder mail",
            of_sole("email"),
            is_deleted=True,
            shown=_SUPPRESSED,
        ),
        Belonging("Adressen zonder mail die u deelt of deelde", of_shared("email"), shown=_SUPPRESSED),
    ),
}
