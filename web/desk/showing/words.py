"""What the screens say that no other room says: notes after a button, roles, the verbs of the acts."""

from collections.abc import Mapping

from programme.terms.tables.payout_terms import Person
from programme.terms.trade import TradeTerms
from programme.words.states import Role
from programme.words.wording import listed

# Beside the levels, which the firm names in [trade].
ROLES: Mapping[Role, str] = {
    Role.APPROVER: "keurt uitbetalingen goed",
    Role.MARKETING_APPROVER: "keurt campagnes goed",
    Role.REPORT: "krijgt de cijfers",
}
OF_LEVEL = (Role.MANAGEMENT, Role.MANAGER, Role.ENGINEER)

# By the code in the address after a post. No note holds anything of a client: addresses end up in logs.
NOTES: Mapping[str, str] = {
    "opnieuw": "Genoteerd. De mail gaat mee met de volgende verzending.",
    "allemaal": "Genoteerd. De mails gaan mee met de volgende verzending.",
    "rust": "Genoteerd. De mail wordt niet nog eens verstuurd.",
    "goedgekeurd": "De ronde is goedgekeurd. Het bestand voor de bank kan nu worden gemaakt.",
    "deels": (
        "De ronde is goedgekeurd, zonder de betalingen waarvan intussen iets veranderde. Die bedragen blijven staan."
    ),
    "ingetrokken": "De ronde is teruggetrokken. De bedragen blijven staan voor een volgende ronde.",
    "gedaan": "Genoteerd. De taak is klaar.",
    "poging": "Genoteerd. De taak blijft staan.",
    "notitie": "De notitie is opgeslagen.",
    "uitgesteld": "De taak is uitgesteld. De uiterste dag blijft dezelfde.",
    "ernst": "De ernst is gewijzigd.",
    "opgelost": "De klacht is afgesloten. Open taken zijn vervallen.",
    "klacht": "De klacht is gemeld. Er komt binnen een kwartier een taak om te bellen.",
    "klachterbij": "De klacht is gemeld en komt bij de klacht die al loopt. Er komt geen nieuwe taak.",
    "gekoppeld": "De mail is gekoppeld. Er komt binnen een kwartier een taak om te antwoorden.",
    "gekoppeldoud": (
        "De mail is gekoppeld. Er komt geen taak: de mail is van meer dan dertig dagen geleden. Antwoord de klant zelf."
    ),
    "terzijde": "De mail is terzijde gelegd.",
    "voorgesteld": "Het voorstel is bewaard. Er verandert nog niets: beheer kijkt het na en zet het erin.",
    "teruggenomen": "Het voorstel is ingetrokken.",
    "mag": "Toestemming om te bellen is genoteerd.",
    "gevraagd": "De vraag is gesteld. Wie campagnes mag goedkeuren, kreeg een mail. U hoort het antwoord per mail.",
    "gevraagdzonder": "De vraag staat hier, maar niet iedereen kon er een mail over krijgen. Zeg het zelf ook even.",
    "gestart": "De campagne is gestart. Wat ervan kwam, staat straks bij de campagne.",
    "nietgestart": "De campagne is nog niet gestart: Prefect antwoordt niet. Er is niets kwijt. Probeer opnieuw.",
    "ja": "Genoteerd. De campagne is gestart, of gaat uit op het gekozen moment. Wie vroeg, krijgt bericht.",
    "nee": "Genoteerd. Er gaat niets uit. Wie vroeg, krijgt uw reden per mail.",
    "gestopt": "De campagne is gestopt. Hieronder staat hoeveel mensen de mail al hadden.",
    "gestoptlos": (
        "De campagne is gestopt. Prefect antwoordde niet: een run die daar nog klaarstaat, vindt straks dat er niets "
        "meer mag en verstuurt niets."
    ),
    "concept": "Het concept is bewaard.",
    "begonnen": "Er is een nieuw concept. Er gaat niets uit voordat u het klaarzet.",
    "kopie": "Dit is een kopie. Geef een nieuwe naam en kies de dagen; die zijn niet meegekomen.",
    "apart": "Uw tekst is bewaard als een eigen concept. Het andere is niet veranderd.",
    "proefmail": "Het concept is bewaard en de proefmail is verstuurd.",
    "proefoutbox": "Het concept is bewaard. De proefmail staat in de outbox; hier gaat nu niets echt uit.",
    "proefeens": "De proefmail van deze knop was al verstuurd. Er is er geen tweede gegaan.",
    "weg": "Het concept is weggegooid.",
    "doelgroep": "De doelgroep is bewaard.",
    "hernoemd": "De doelgroep heeft een andere naam. Concepten en campagnes veranderen niet mee.",
    "doelgroepweg": "De doelgroep is weggegooid. Concepten en campagnes houden hun eigen doelgroep.",
    "magniet": "Genoteerd: deze klant wordt niet meer gebeld over nieuwe plannen.",
}

# The verbs of the acts, as `record_act` is given them, to follow a name.
ACT_WORDS: Mapping[str, str] = {
    "log in": "logde in",
    "log out": "logde uit",
    "resend message": "liet een mail nog eens versturen",
    "resend request": "liet een hele verzending nog eens versturen",
    "leave message": "liet een mail in twijfel rusten",
    "approve settlement": "keurde een betaalronde goed",
    "withdraw settlement": "trok een betaalronde terug",
    "note call consent": "noteerde of de klant gebeld mag worden",
    "note complaint": "meldde een klacht",
    "erase client": "wiste een klant",
    "resolve case": "sloot een klacht af",
    "resolve feedback": "sloot klachten van vroeger af",
    "weigh case": "wijzigde de ernst van een klacht",
    "end task": "rondde een taak af",
    "attempt task": "noteerde een poging",
    "note on task": "schreef een notitie bij een taak",
    "snooze task": "stelde een taak uit",
    "away": "meldde iemand afwezig",
    "back": "meldde iemand terug",
    "link reply": "koppelde een mail aan een klant",
    "make proposal": "stelde een wijziging van het programma voor",
    "withdraw proposal": "trok een voorstel in",
    "put aside reply": "legde een mail terzijde",
    "ask go": "vroeg akkoord voor een campagne",
    "start campaign": "startte een campagne",
    "give go": "gaf een campagne akkoord",
    "refuse go": "gaf een campagne geen akkoord",
    "stop campaign": "stopte een campagne",
    "begin draft": "begon een concept van een campagne",
    "save draft": "bewaarde een concept van een campagne",
    "delete draft": "gooide een concept van een campagne weg",
    "send test mail": "liet een proefmail versturen",
    "save audience": "bewaarde een doelgroep",
    "rename audience": "gaf een doelgroep een andere naam",
    "delete audience": "gooide een doelgroep weg",
}
CHANGED_WORDS: Mapping[str, str] = {
    "state": "stand",
    "severity": "ernst",
    "outcome": "uitkomst",
    "until": "tot",
    "snoozed_until": "uitgesteld tot",
    "project_id": "project",
    "given_before": "gegeven vóór",
    "feedback": "aantal klachten",
    "consent": "mag gebeld worden",
    "told_on": "gezegd op",
    "total_cents": "bedrag",
    "voided": "vervallen betalingen",
    "messages": "mails",
    "fix_by": "klaar op",
    "attempts": "pogingen",
    "call_back_at": "terugbellen",
    "client_id": "klant",
    "campaign": "campagne",
    "people": "mensen",
    "level": "niveau",
}

# Why a mail did not go, as the screens say it; from when it can again stands in a line of its own.
WHY_NOT: Mapping[str, str] = {
    "no_address": "Er is geen geldig mailadres, of de klant is gewist.",
    "suppressed": "Dit adres krijgt geen mail meer van ons: afgemeld, onbestelbaar of als spam gemeld.",
    "no_consent": "De klant heeft geen toestemming gegeven voor reclame, of die ingetrokken.",
    "not_wanted": "De klant wil over dit onderwerp geen mail.",
    "no_delivery": "De klant heeft nog geen afgerond project.",
    "superseded": "Een andere mail komt in de plaats van deze.",
    "repeated": "De klant kreeg deze mail pas nog.",
    "open_case": "Er loopt een klacht. Eerst lossen wij die op.",
    "survey_budget": "De klant is kort geleden al om een mening gevraagd.",
    "overdue_invoice": "Er staat een factuur open waarvan de betaaldatum voorbij is.",
    "paused": "De klant heeft een pauze gevraagd.",
    "running_project": "Er loopt een project. De mail wacht tot dat klaar is.",
    "outranked": "De klant krijgt vandaag al een andere mail.",
    "frequency_cap": "De klant kreeg de afgelopen dagen al mail.",
    "held_out": "De klant zit in de vergelijkingsgroep van een proef.",
}


def said_words(score: int | None, origin: str) -> str:
    """What a client let us know, to begin a sentence or to be one: a score, that it is not solved, or a complaint."""
    if score is not None:
        return f"Gaf een {score}"
    return "Is niet tevreden met de oplossing" if origin == "case" else "Meldde een klacht"


def roles(person: Person, trade: TradeTerms) -> str:
    """The person's level in a word; without one, what else the person does."""
    level = next((trade.levels[role] for role in OF_LEVEL if role in person.roles), "")
    return level or listed([ROLES[role] for role in person.roles])
