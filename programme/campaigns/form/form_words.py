"""The labels and help texts of the campaign form, in Dutch: one home for the form, its faults and its documents.

The words of a trait are part of the trait (programme/campaigns/audience/traits.py).
"""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """The label and the help text of a field, in Dutch."""

    label: str
    help: str


MESSAGE: Mapping[str, Words] = {
    "name": Words(
        "Naam van de campagne",
        "Kies voor elke campagne een nieuwe naam, zoals: voorjaarsbrief 2026. Onder één naam krijgt niemand de mail "
        "twee keer, hoe vaak u ook start.",
    ),
    "template": Words("Soort mail", "Het bepaalt wat er om uw tekst heen staat."),
    "subject": Words("Onderwerp", "De onderwerpregel van de mail, in gewone woorden. Bij een enquête leeg."),
    "title": Words("Kop", "De kop boven de mail; leeg is het onderwerp."),
    "intro": Words("Inleiding", "De eerste alinea, na de aanhef. De aanhef (Beste …,) staat er vanzelf."),
    "body": Words(
        "Tekst",
        "De rest van de tekst. Een lege regel begint een nieuwe alinea; regels die met een streepje beginnen worden "
        "een opsomming. Opmaak is niet mogelijk.",
    ),
    "link_url": Words("Link", "Waar de knop heen gaat, beginnend met https://. Leeg: geen knop."),
    "link_label": Words("Tekst op de knop", "Leeg is: Lees meer."),
    "event_on": Words(
        "Dag van de bijeenkomst", "Voor een webinar of een andere bijeenkomst. Daarna gaat er niets meer uit."
    ),
    "event_time": Words("Tijd van de bijeenkomst", "Zoals 19:30."),
    "place": Words("Plaats", "Waar de bijeenkomst is."),
    "valid_from": Words("Ingangsdag", "Bij nieuwe prijzen: de dag waarop ze ingaan."),
    "offer": Words(
        "Aanbod", "Een kortingscode in de mail. Wie met zijn trede meer korting heeft, leest die in plaats daarvan."
    ),
}
AUDIENCE: Mapping[str, Words] = {
    "all_of": Words("Alle kenmerken", "De klant heeft elk kenmerk dat hier is ingevuld. Niets ingevuld: iedereen."),
    "any_of": Words("Minstens één kenmerk", "En de klant heeft er minstens één van deze."),
    "none_of": Words("Geen van deze kenmerken", "En de klant heeft er geen van deze."),
}
SENDING: Mapping[str, Words] = {
    "day": Words("Dag", "De dag van verzending. Leeg: meteen."),
    "hour": Words("Tijd", "Nederlandse tijd; telt alleen als er een dag is gekozen."),
    "test_address": Words(
        "Proefmail aan", "Hierheen gaat een proefmail, elke keer dat u start. De proefmail telt nergens mee."
    ),
}
GROUPS: Mapping[str, Words] = {
    "message": Words("Bericht", "Wat u verstuurt."),
    "audience": Words("Doelgroep", "Wie het krijgt."),
    "sending": Words("Verzending", "Wanneer, en waar de proefmail heen gaat."),
    "dry_run": Words(
        "Proefdraaien",
        "Alleen kijken: hoeveel, wie, waarom anderen niet, en drie voorbeelden. Zet uit om echt te versturen.",
    ),
}
WITHDRAWAL: Mapping[str, Words] = {
    "name": Words("Naam van de campagne", "De naam van de campagne, zoals bij het starten."),
    "withdrawn_by": Words("Uw naam", "Wordt bij de campagne bewaard."),
    "dry_run": Words("Proefdraaien", "Alleen kijken hoeveel mails er nog tegengehouden kunnen worden."),
}
DEFERRED: Mapping[str, Words] = {
    "dry_run": Words("Proefdraaien", "Alleen kijken wie er aan de beurt is."),
}
NO_OFFER = "Geen aanbod"
HOURS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(7, 21) for minute in (0, 30))
DEFAULT_HOUR = "10:00"
MOST_MONTHS = 120
