"""Scripts of complaints: the first call, the solution, carrying it out, and asking after it."""

from programme.care.outcomes import Settled
from programme.care.scripts.script import ASK_WHEN, READ_ALONG, Script, TaskFacts, greeting
from programme.care.words import KIND_WORDS, follow_up_title


def call(about: TaskFacts) -> Script:
    """Listen; do not rescue."""
    why, opening, first = _again(about) if about.is_again else _first_time(about)
    return Script(
        title=KIND_WORDS["case_call"],
        why=f"Deze klant {why} Ga luisteren, niet redden.",
        greeting=greeting(about),
        opening=opening,
        questions=(
            first,
            "“Wat had u van ons verwacht?”",
            "“Wat zou het voor u goedmaken, of wat kunnen wij nu doen?”",
        ),
        offer=f"Een voorstel binnen {about.solution_within}. Overleg met de aannemer als het daarover gaat. Zelf nog "
        "eens langskomen of kijken, als dat kan.",
        avoid="“Dat is ons nog nooit gebeurd”, “de aannemer had moeten…”, “dat staat in de voorwaarden”. Geen bedrag, "
        "geen korting, geen uitkomst die een ander moet beslissen. Noem geen ander project of andere klant.",
        closing=f"“Ik vat het samen: … U hoort {_by(about)} van mij wat wij doen. Mag ik u op dit nummer bellen?”",
        more=(
            (
                "Voicemail",
                f"“Met {about.person} van {about.firm}, {about.phone}. U liet ons iets weten over onze samenwerking. "
                "Ik probeer het later nog eens; u mag mij ook bellen.” Zeg niet waarover, noem geen cijfer.",
            ),
            ("Schrijf op", f"De afspraak. {READ_ALONG}"),
        ),
    )


def _first_time(about: TaskFacts) -> tuple[str, str, str]:
    """Why we call, how to begin, and the first question, of a complaint that follows no other."""
    if about.score is None:
        opening = "“U liet ons weten dat iets niet goed ging. Ik bel om het van u te horen.”"
        return f"meldde op {about.happened_on} een klacht.", opening, "“Wat ging er niet goed?”"
    # Told to whoever wonders why this is a complaint; of a lower score nobody does.
    enough = " Een 6 is voor veel mensen een voldoende." if about.score == 6 else ""
    return (
        f"gaf op {about.happened_on} een {about.score} voor {about.subject or 'ons werk'}.{enough}",
        f"“U gaf ons een {about.score}. Dank u wel dat u dat eerlijk zei. Ik bel om te horen hoe het is gegaan.”",
        "“Wat maakte dat het geen hoger cijfer werd?”",
    )


def _again(about: TaskFacts) -> tuple[str, str, str]:
    """The same of a client for whom it was not solved: a second call by somebody else begins with what was noted."""
    return (
        f"liet op {about.happened_on} weten dat de vorige klacht niet is opgelost. Lees eerst wat er toen is "
        "genoteerd: dat staat onderaan, bij “Eerder gebeld en genoteerd”.",
        "“U liet ons weten dat het nog niet is opgelost. Daarom bel ik u zelf.”",
        "“Wat is er nog niet in orde?”",
    )


def solution(about: TaskFacts) -> Script:
    """One concrete thing: who does what, and when."""
    has_talked = about.settled is not Settled.NOTHING
    begin = "Ik kom terug op ons gesprek." if has_talked else "U liet ons weten dat iets niet goed ging."
    return Script(
        title=KIND_WORDS["case_solution"],
        why=("De klant is gebeld. " if has_talked else "")
        + "Nu volgt een voorstel dat één ding concreet maakt: wie doet wat, wanneer.",
        greeting=greeting(about, ASK_WHEN),
        do="Bel of mail het voorstel. Beloofde u een dag waarop het klaar is? Vul die in bij “Klaar op”.",
        opening=f"“{begin} Ons voorstel is: wat, wie en wanneer. Kunt u zich daarin vinden?”",
        questions=("“Lost dit op wat u zei?”", "“Wat zou u anders willen?”", "“Wanneer komt het u uit?”"),
        avoid="“Wij bekijken het”, “normaal gesproken”. Geen schuldvraag. Bij schade of een dreiging met een advocaat: "
        "niets toezeggen, dezelfde dag naar de directie.",
        closing="“Dan spreken wij af: wat, en op welke dag. Na afloop vraag ik u of het zo goed is.”",
        more=(("Schrijf op", f"Het voorstel en het antwoord. {READ_ALONG}"),),
    )


def fix(about: TaskFacts) -> Script:
    """Done is done, not asked for."""
    done = "Kies “gedaan” als het gedaan is, niet als het gevraagd is."
    is_agreed = about.settled is Settled.AGREED
    if is_agreed:
        why = "De klant ging akkoord met een oplossing. Die moet nu worden uitgevoerd."
        work = f"Regel dat het gebeurt. Bel als de dag verandert, vóór die dag. {done}"
    else:
        why = "Van een afspraak met deze klant is niets genoteerd. Kijk wat er nog moet gebeuren."
        work = f"Lees wat er is genoteerd, en regel wat nodig is. {done} Hoeft er niets, kies dan “niet nodig”."
    return Script(
        title=KIND_WORDS["case_fix"],
        why=why,
        do=work,
        avoid="“Ik ga ervan uit dat het is gebeurd.”",
        closing=f"Per mail of telefoon: “{'Wat wij afspraken' if is_agreed else 'Dit'} is gedaan, op deze dag. Klopt "
        "dat, ziet u dat ook zo?”",
    )


def check_in(about: TaskFacts) -> Script:
    """By phone, because mail does not reach the client."""
    begin, agreed = {
        Settled.AGREED: ("", " Wij hadden afgesproken: …"),
        Settled.TALKED: ("Wij hebben elkaar gesproken. ", ""),
        Settled.NOTHING: ("U liet ons weten dat u niet tevreden was. ", ""),
    }[about.settled]
    return _asking(about, "case_check_in", f"“{begin}Ik bel om te vragen of het nu voor u in orde is.{agreed}”")


def follow_up(about: TaskFacts) -> Script:
    """Some time after the complaint."""
    opening = f"“Het is nu {about.follow_up_after} geleden. Ik wil zeker weten dat het goed is afgelopen.”"
    return _asking(about, "case_follow_up", opening)


def _asking(about: TaskFacts, kind: str, opening: str) -> Script:
    if about.higher_person == about.person:
        no_offer = "bel de klant zelf opnieuw, uiterlijk de volgende werkdag. Daarvoor komt een nieuwe taak."
        no_closing = "Ik bel u opnieuw, uiterlijk de volgende werkdag."
    else:
        higher = about.higher_person or "mijn leidinggevende"
        no_offer = f"{higher} belt de klant, uiterlijk de volgende werkdag."
        no_closing = f"U hoort van {higher}, niet van mij."
    return Script(
        title=follow_up_title(about.follow_up_after) if kind == "case_follow_up" else KIND_WORDS[kind],
        why="Deze vraag kon niet per mail, daarom bellen wij.",
        greeting=greeting(about),
        opening=opening,
        questions=(
            "“Is het opgelost zoals u wilde?”",
            "“Is er nog iets blijven liggen?”",
            "“Had het sneller gekund, wat u betreft?”",
        ),
        offer=f"Is het antwoord nee: {no_offer}",
        avoid="“Dus u bent tevreden?” als vraag waarop alleen ja past. Vraag niet om een beoordeling of aanbeveling.",
        closing=f"Ja: “Dank u wel. Dan sluit ik het af.” Nee: “Dan is het niet klaar. {no_closing}”",
        more=(("Schrijf op", READ_ALONG),),
    )


def _by(about: TaskFacts) -> str:
    return f"uiterlijk {about.promise_at}" if about.promise_at else f"binnen {about.solution_within}"
