"""Scripts of marketing calls, which need consent, and the letters that go where nobody may or can call.

Each call names the firm, the reason and the number at its start, and ends with the right to refuse further calls.
"""

from programme.care.scripts.script import ASK_FIRST, NEVER_ANONYMOUS, REFUSE_CALLS, Script, TaskFacts, named_opening
from programme.care.words import KIND_WORDS

_CONSENT = ("Mag dit gesprek", f"Ja: deze klant gaf toestemming om te bellen. {NEVER_ANONYMOUS}")
_SIGNED_BY_HAND = "Eén A4, met de hand ondertekend, geen plaatjes. Naar het adres hieronder."


def exit_call(about: TaskFacts) -> Script:
    """Ask why, do not win back."""
    quote = f"onze offerte van {about.happened_on} voor {about.plan}"
    words = f"U koos niet voor {quote}. Ik bel om te vragen waarom, niet om u over te halen. Hebt u twee minuten?"
    return Script(
        title=KIND_WORDS["exit_call"],
        why=f"De klant wees {quote} af.",
        opening=f"{named_opening(about, words)} {ASK_FIRST}",
        questions=(
            "“Wat gaf de doorslag?”",
            "“Hadden wij iets anders moeten doen?”",
            "“Mogen wij u over een volgend plan weer een offerte sturen?”",
        ),
        offer="Niets. Pas als de klant het vraagt: een nieuw gesprek.",
        avoid=f"Een lagere prijs, iets over {about.that_other_firm}.",
        closing=REFUSE_CALLS,
        more=(_CONSENT,),
    )


def channel_change(about: TaskFacts) -> Script:
    """Ask how the client wants to hear from us; never say that we saw what was not opened."""
    words = "Wij sturen u af en toe mail, en ik denk dat die u niet bereikt. Hoe hoort u liever van ons?"
    return Script(
        title=KIND_WORDS["channel_change"],
        why="Onze laatste mails bereiken deze klant waarschijnlijk niet.",
        opening=f"{named_opening(about, words)} {ASK_FIRST}",
        questions=(
            "“Klopt uw mailadres nog?”",
            "“Bellen, post, of liever niets?”",
            "“Over welke onderwerpen wel, en over welke niet?”",
        ),
        offer="Minder mail; alleen post; niets. Geen plan, geen korting.",
        avoid="“Wij zagen dat u onze mail niet opende.” Dat meten wij niet altijd, en het klinkt als meekijken.",
        closing=REFUSE_CALLS,
        more=(_CONSENT,),
    )


def win_back_call(about: TaskFacts) -> Script:
    """It has been a while; a complaint stops the talk about new plans."""
    words = f"In {about.year} rekenden wij aan {about.work}. Ik bel om te vragen of er weer plannen zijn. Komt het uit?"
    return Script(
        title=KIND_WORDS["win_back_call"],
        why=f"Wij rekenden in {about.year} aan {about.work}, en hoorden al een tijd niets.",
        opening=f"{named_opening(about, words)} {ASK_FIRST}",
        questions=(
            f"“Is alles met {about.work} goed gegaan?” Komt er een klacht, stop dan het verkoopgesprek.",
            "“Zijn er nieuwe plannen, of een half idee?”",
            "“Wat zou u graag van ons weten?”",
        ),
        offer=f"{discount_words(about)}Een kort gesprek over wat er kan.",
        avoid="“Alleen deze week”, “andere klanten doen ook”.",
        closing=REFUSE_CALLS,
        more=(_CONSENT,),
    )


def exit_letter(about: TaskFacts) -> Script:
    """The same question, by post."""
    return _letter(
        about,
        "exit_call",
        f"De klant wees onze offerte van {about.happened_on} af. Bellen mag of kan niet.",
        f"op {about.happened_on} stuurden wij u een offerte voor {about.plan}. U hebt besloten het niet te doen. "
        f"Dank u wel dat u ons vroeg. Mag ik weten wat de doorslag gaf? Bel {about.phone} of stuur mij een mail.",
    )


def channel_letter(about: TaskFacts) -> Script:
    """Whether our mail arrives, by post."""
    return _letter(
        about,
        "channel_change",
        "Onze laatste mails bereiken deze klant waarschijnlijk niet. Bellen mag of kan niet.",
        f"wij sturen u soms mail. Bereikt die u niet, of wilt u die niet? Bel {about.phone} of stuur een mail, dan "
        "zetten wij het goed.",
    )


def win_back_letter(about: TaskFacts) -> Script:
    """The win-back mail, without a button."""
    offer = (
        (f"Bij uw volgende project krijgt u {about.percent}% korting, tot en met {about.code_until}. Noem deze code:",)
        + (about.code,)
        if about.code
        else ()
    )
    return _letter(
        about,
        "win_back_call",
        "Het is even geleden, en deze klant krijgt liever post, of wij mogen of kunnen niet bellen.",
        f"in {about.year} rekenden wij aan {about.work}. Hebt u weer bouwplannen? Bel {about.phone} of stuur een mail, "
        "dan denken wij met u mee.",
        *offer,
    )


def _letter(about: TaskFacts, kind: str, why: str, *paragraphs: str) -> Script:
    return Script(
        title=f"{KIND_WORDS[kind]}: brief",
        why=why,
        do=_SIGNED_BY_HAND,
        avoid="Wat niet in de brief staat.",
        letter=(
            about.salutation,
            *paragraphs,
            "Met vriendelijke groet,",
            about.person,
            f"Wilt u geen post meer van ons? Bel {about.phone}.",
        ),
    )


def discount_words(about: TaskFacts) -> str:
    """Of the win-back mail; without one there is no code to name."""
    if not about.code:
        return ""
    return f"{about.percent}% korting met code {about.code}, tot en met {about.code_until}. "
