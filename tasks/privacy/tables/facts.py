"""Facts of the CRM, what the client told us, and the codes that he has."""

from collections.abc import Mapping

from tasks.privacy.tables.belongings import Belonging, of_client, of_client_or_address, of_discount

FACTS: Mapping[str, tuple[Belonging, ...]] = {
    "clients": (
        Belonging(
            "Uw gegevens",
            of_client(),
            {
                "name": "",
                "email": None,
                "recipient": "",
                "phone": None,
                "phone_consent": None,
                "tracking_consent": None,
                "iban": None,
                "iban_holder": None,
            },
            stays=frozenset({"client_id", "kind", "consent", "channel"}),
            hidden=frozenset({"id_crc32"}),
            shown={
                "client_id": "Klantnummer",
                "name": "Naam",
                "email": "E-mailadres",
                "phone": "Telefoon",
                "kind": "Soort klant",
                "consent": "Toestemming voor reclame",
                "channel": "Liever via",
                "phone_consent": "Mag gebeld worden voor reclame",
                "tracking_consent": "Mag gemeten worden of mail wordt geopend",
                "iban": "Rekening",
                "iban_holder": "Rekeninghouder",
                "created_on": "Klant sinds",
                "partner_since": "Partner sinds",
            },
        ),
    ),
    "earlier_recipients": (
        Belonging(
            "Eerdere adressen",
            of_client(),
            is_deleted=True,
            shown={"recipient": "E-mailadres"},
        ),
    ),
    "projects": (
        Belonging(
            "Projecten",
            of_client(),
            {"address": None, "postcode": None, "built_year": None, "monument": None},
            stays=frozenset({"project_id", "client_id", "type", "engineer"}),
            shown={
                "project_id": "Nummer",
                "type": "Soort",
                "value_cents": "Bedrag zonder btw",
                "ordered_on": "Opdracht",
                "delivered_on": "Opgeleverd",
                "cancelled_on": "Afgezegd",
                "engineer": "Constructeur",
                "address": "Adres",
                "postcode": "Postcode",
                "built_year": "Bouwjaar",
                "monument": "Monument",
            },
        ),
    ),
    # What a report counted of a project; like the project itself it stays without a name, or figures would change.
    "closed_purchases": (Belonging("", of_client(), stays=frozenset({"project_id", "client_id"})),),
    "quotes": (
        Belonging(
            "Offertes",
            of_client(),
            stays=frozenset({"quote_id", "client_id", "type", "decision"}),
            shown={
                "quote_id": "Nummer",
                "type": "Soort",
                "value_cents": "Bedrag zonder btw",
                "sent_on": "Verstuurd",
                "decided_on": "Besloten",
                "decision": "Besluit",
            },
        ),
    ),
    "interactions": (
        Belonging(
            "Contact",
            of_client(),
            {"topic": None, "channel": None},
            stays=frozenset({"interaction_id", "client_id", "direction", "origin"}),
            shown={"occurred_on": "Dag", "direction": "Richting", "channel": "Hoe", "topic": "Waarover"},
        ),
    ),
    "feedback": (
        Belonging(
            "Uw mening",
            of_client(),
            {"comment": None},
            stays=frozenset({"feedback_id", "client_id", "project_id", "kind", "severity", "of_case", "origin"}),
            shown={
                "given_on": "Dag",
                "kind": "Soort",
                "score": "Cijfer",
                "comment": "Wat u schreef",
                "resolved_on": "Opgelost",
            },
        ),
    ),
    "invoices": (
        Belonging(
            "Facturen",
            of_client(),
            stays=frozenset({"invoice_id", "client_id", "project_id"}),
            shown={
                "invoice_id": "Nummer",
                "amount_cents": "Bedrag",
                "issued_on": "Datum",
                "due_on": "Betalen voor",
                "paid_on": "Betaald",
            },
        ),
    ),
    "inbound_mails": (
        Belonging(
            "Mails die u ons stuurde",
            of_client_or_address("client_id", "sender"),
            {"sender": "", "subject": None, "words": None, "content": None, "content_type": None},
            stays=frozenset(
                {"mail_id", "standing", "client_id", "message_id", "interaction_id", "settled_by", "settled_as"}
            ),
            hidden=frozenset({"content", "content_type"}),
            shown={"received_on": "Dag", "subject": "Onderwerp", "words": "Wat u schreef"},
        ),
    ),
    "answers": (
        Belonging(
            "Uw antwoorden op onze pagina’s",
            of_client(),
            {"comment": None},
            stays=frozenset({"message_id", "client_id", "question", "scale", "wording", "answer", "handled_by"}),
            shown={
                "answered_on": "Dag",
                "question": "Vraag",
                "answer": "Antwoord",
                "score": "Cijfer",
                "comment": "Wat u schreef",
            },
        ),
    ),
    "activity": (Belonging("", of_client(), stays=frozenset({"client_id", "kind", "source_id"})),),
    "client_codes": (
        Belonging("Uw code", of_client(), stays=frozenset({"client_id", "code"}), shown={"code": "Code"}),
    ),
    "discount_codes": (
        Belonging(
            "Kortingen",
            of_discount,
            stays=frozenset({"code"}),
            shown={"code": "Code", "percent": "Procent", "given_on": "Gegeven", "valid_until": "Tot en met"},
        ),
    ),
}
