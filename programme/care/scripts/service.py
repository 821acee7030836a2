"""Scripts of service: about work that we did, a question, an invoice or a request. None holds an offer to sell."""

from collections.abc import Mapping
from typing import NamedTuple

from programme.care.scripts.script import READ_ALONG, Script, TaskFacts, greeting
from programme.care.words import KIND_WORDS
from programme.words.wording import number_words


class _Asked(NamedTuple):
    """What one answer on a page asks of the person who calls."""

    said: str
    opening: str
    questions: tuple[str, str, str]
    offer: str
    avoid: str
    closing: str = ""


_ANSWERS: Mapping[str, _Asked] = {
    "vragen": _Asked(
        "de gemeente heeft vragen",
        "“De gemeente heeft een vraag over uw vergunning, las ik. Ik help u daarmee.”",
        (
            "Wat vraagt de gemeente precies, en wanneer moet het er zijn?",
            "Hebt u de brief bij de hand?",
            "Wie behandelt de aanvraag?",
        ),
        "“Stuurt u de brief door, dan beantwoorden wij de vraag over de constructie kosteloos.”",
        "“Dat is standaard”, “dat komt goed”. Niets over ruimtelijke vragen: die zijn van de architect of de "
        "aanvrager.",
    ),
    "geweigerd": _Asked(
        "de vergunning is geweigerd",
        "“De vergunning is geweigerd. Vervelend. Ik denk met u mee.”",
        (
            "Wat is de reden in de brief?",
            "Op welke datum is het besluit verstuurd?",
            "Was er vooroverleg?",
        ),
        "Samen de reden lezen. Zeggen of de constructie er iets aan kan veranderen.",
        "“In bezwaar gaan wij zeker winnen”; geen juridisch advies. Zeg wél: “Voor bezwaar hebt u in de regel zes "
        "weken. Kijk in de brief.”",
    ),
    "vraag": _Asked(
        "ik heb een vraag",
        "“U hebt een vraag over de constructie.”",
        (
            "Waar gaat het over, en is er al iets gemaakt?",
            "Staat de bouw stil?",
            "Wie is er op de bouw die ik kan spreken?",
        ),
        "Foto’s laten sturen. Zeggen wanneer de klant weet of de bouw door kan.",
        "“Dat zal wel goed zijn” zonder te kijken. De prijs van extra rekenwerk raden.",
        " “Wacht zo lang met dit onderdeel.”",
    ),
}
_ANY_ANSWER = _Asked(
    "een vraag om contact",
    "“U vroeg ons om contact op te nemen. Waarmee kan ik u helpen?”",
    ("Waar gaat het over?", "Wat hebt u nu nodig?", "Wanneer moet het er zijn?"),
    "Wat de klant vraagt, als het over ons werk gaat.",
    "“Dat komt goed” zonder te weten wat er is.",
)


def contact_asked(about: TaskFacts) -> Script:
    """The client answered on a page that he wants contact."""
    asked = _ANSWERS.get(about.answer, _ANY_ANSWER)
    mail = f" bij “{about.mail}”" if about.mail else ""
    promise = f"uiterlijk {about.promise_at}" if about.promise_at else "morgen"
    return Script(
        title=KIND_WORDS["contact_asked"],
        why=f"De klant koos{mail} het antwoord “{asked.said}”.",
        greeting=greeting(about),
        opening=asked.opening,
        questions=tuple(f"“{each}”" for each in asked.questions),
        offer=asked.offer,
        avoid=asked.avoid,
        closing=f"“U hoort {promise} van {about.person}.”{asked.closing}",
    )


def reply(about: TaskFacts) -> Script:
    """A mail from a client, to be read by a person: no machine judges its words."""
    return Script(
        title=KIND_WORDS["reply"],
        why=f"De klant schreef ons op {about.happened_on}.",
        do="Lees de mail, en antwoord zelf of bel. Kies daarna: beantwoord, dit is een klacht, wil naar "
        f"{about.other_firm}, of niet nodig.",
        avoid="Een standaardzin die niet op de vraag past.",
        more=(
            (
                "Voorbeeld van een antwoord",
                f"“{about.salutation.rstrip(',')}, dank u wel voor uw bericht. (Het antwoord in twee zinnen.) Nog iets "
                f"onduidelijk? Bel mij op {about.phone}.”",
            ),
        ),
    )


def lead(about: TaskFacts) -> Script:
    """Somebody asked for us over a client's link. Who gave the link is never told."""
    flags = "; ".join(about.flags)
    without = () if about.has_phone else (("Geen nummer", "Mail de vragen. Eindig met: “Mag ik uw telefoonnummer?”"),)
    asking = (("Vraag uzelf af", f"{flags}. Een vlag is een vraag, geen oordeel."),) if flags else ()
    return Script(
        title=KIND_WORDS["lead"] if about.has_phone else "Mail deze aanvraag",
        why=f"Iemand meldde zich op {about.happened_on} via de link van een klant.",
        greeting=greeting(about) if about.has_phone else "",
        opening=f"“U vroeg ons contact op te nemen over {about.plan}.”",
        questions=(
            "“Wat wilt u bouwen of weghalen?”",
            "“Is er al een tekening of een aannemer?”",
            "“Wanneer wilt u beginnen?”",
        ),
        offer=f"Een offerte. {about.friend_discount} korting op het eerste project, met de code die op de pagina "
        "stond, als er nog geen eerder project was.",
        avoid="Wie de link gaf, ook niet op een vraag daarnaar: “Dat houden wij voor ons.” En of iemand al klant is.",
        more=(*without, *asking),
    )


def look(about: TaskFacts) -> Script:
    """An import found a note of death in the name."""
    return Script(
        title=KIND_WORDS["look"],
        why="In de naam van deze klant staat een aantekening over een overlijden. Tot iemand heeft gekeken, gaat er "
        "niets meer uit.",
        do="Kijk in de administratie of het klopt. Klopt het, laat de naam dan staan of meld de klant af; loopt er een "
        "project, spreek dan met de nabestaanden. Klopt het niet, verbeter de naam in de administratie.",
        avoid="Niet bellen om te vragen of het waar is.",
        more=(("Schrijf op", READ_ALONG),),
    )


def handover(about: TaskFacts) -> Script:
    """The client goes to another bureau: make it easy."""
    return Script(
        title=KIND_WORDS["handover"],
        why=f"De klant vroeg om de stukken, of zei dat {about.other_firm} verdergaat.",
        greeting=greeting(about),
        opening="“U vroeg om overdracht. Dat regelen wij. Ik bel om het goed te doen.”",
        questions=(
            "“Welke stukken hebt u nodig, en wanneer?”",
            "“Aan wie mogen wij ze geven?”",
            "“Mag ik weten waarom u overstapt? U hoeft het niet te zeggen.”",
        ),
        offer=f"De stukken waar de klant recht op heeft. Een gesprek met de nieuwe {about.engineer}.",
        avoid=f"“Wij kunnen het ook goedkoper.” Niets over {about.that_other_firm}. Dreig niet met auteursrecht.",
        closing="“U krijgt de stukken op die dag. Komt u later terug, dan bent u welkom.”",
    )


def many_contacts(about: TaskFacts) -> Script:
    """One good call in the place of many."""
    return Script(
        title=KIND_WORDS["many_contacts"],
        why=f"De klant zocht in de laatste weken {number_words(about.contacts)} keer contact."
        if about.contacts
        else "De klant zocht in de laatste weken vaak contact.",
        greeting=greeting(about),
        opening="“U hebt ons de laatste weken een paar keer benaderd. Ik bel u liever één keer goed, zodat het klaar "
        "is.”",
        questions=(
            "“Wat is er nog niet duidelijk?”",
            "“Waar wacht u op?”",
            "“Van wie hoort u het liefst, en hoe?”",
        ),
        offer="Eén aanspreekpunt tot het klaar is. Een korte mail met alles op een rij.",
        avoid="“U belt vaak”, “dat heb ik al gezegd”.",
        closing=f"“Vanaf nu loopt het via mij: {about.phone}.”",
    )


def overdue_invoice(about: TaskFacts) -> Script:
    """A loyal client is called before a letter goes."""
    return Script(
        title=KIND_WORDS["overdue_invoice"],
        why=f"Factuur {about.number} van {about.amount} is {about.days_over} dagen over de datum. Deze klant is "
        f"{about.tier}lid."
        if about.amount
        else f"Factuur {about.number} staat niet meer open. Bellen hoeft niet: kies “niet nodig”.",
        greeting=greeting(about),
        opening=f"“Ik bel over factuur {about.number}. De betaaldatum is voorbij. Ik spreek u liever dan dat ik een "
        "brief stuur.”",
        questions=(
            "“Is de factuur goed aangekomen, en klopt het bedrag?”",
            "“Is er iets niet goed gegaan bij het werk?”",
            "“Wanneer zou u kunnen betalen?”",
        ),
        offer="Een kopie; betalen in twee delen; een datum. Welke regeling mag, beslist de leidinggevende.",
        avoid="Incasso, rente, “als u niet betaalt”. Geen mail met een aanbod tot het betaald is.",
        closing=f"“Dan noteer ik: {about.amount} op die dag. Dank u wel.” Is er een geschil? Meld dan een klacht.",
    )


def build_check(about: TaskFacts) -> Script:
    """How the build goes. There is no offer in it."""
    crew = "de ploeg" if about.kind == "aannemer" else "uw aannemer"
    return Script(
        title=about.called or KIND_WORDS["build_check"],
        why="Een groot project, of een klant die liever gebeld wordt; de berekening is vier maanden klaar.",
        greeting=greeting(about),
        opening=f"“Ik bel om te vragen hoe het gaat met {about.work}.”",
        questions=(
            "“Waar staat u nu: moet het beginnen, bent u bezig, of is het klaar?”",
            f"“Loopt {crew} ergens tegenaan?”",
            "“Is er iets gemaakt dat anders is dan in de berekening?”",
        ),
        offer="Foto’s bekijken. Terugbellen met de aannemer erbij.",
        avoid="Korting, club, nieuw plan, beoordeling.",
        closing="“Komt er iets, bel dan voordat er verder gewerkt wordt.”",
    )
