"""What the screens say that no other room says: notes after a button, roles, the verbs of the acts."""

from collections.abc import Mapping

from programme.terms.payout_terms import Person
from programme.words.states import Role
from programme.words.wording import listed

ROLES: Mapping[Role, str] = {
    Role.ENGINEER: "constructeur",
    Role.MANAGER: "leidinggevende",
    Role.MANAGEMENT: "directie",
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
    "deels": "De ronde is goedgekeurd, zonder de betalingen waarvan intussen iets veranderde. Die bedragen blijven staan.",
    "ingetrokken": "De ronde is teruggetrokken. De bedragen blijven staan voor een volgende ronde.",
    "klacht": "De klacht is gemeld. Er komt binnen een kwartier een taak om te bellen.",
    "mag": "Toestemming om te bellen is genoteerd.",
    "magniet": "Genoteerd: deze klant wordt niet meer gebeld over nieuwe plannen.",
}


def roles(person: Person) -> str:
    """The person's level in a word; without one, what else the person does."""
    level = next((ROLES[role] for role in OF_LEVEL if role in person.roles), "")
    return level or listed([ROLES[role] for role in person.roles])
