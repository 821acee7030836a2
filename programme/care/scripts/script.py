"""The parts of a script, and the facts that its sentences name. The texts are Dutch; colleagues read them.

A client's own words never stand in a script: the desk shows them beside it, as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from programme.care.outcomes import Settled
from programme.terms.trade import TradeTerms

REFUSE_CALLS = (
    "“Wilt u dat wij u niet meer bellen? Dan noteer ik dat meteen.” Ja? Kies “wil niet gebeld worden”. "
    "Deze zin is verplicht."
)
ASK_FIRST = "Zo niet: vraag wanneer het wel uitkomt, en kies “later terugbellen”."
ASK_WHEN = "Zo niet: vraag wanneer het wel uitkomt, en schrijf dat op."  # a task of work has no such button
NEVER_ANONYMOUS = "Het nummer van het bureau is zichtbaar; bel nooit anoniem."
READ_ALONG = "De klant mag dit lezen. Schrijf op wat er is gezegd en afgesproken, geen oordeel."


class Script(NamedTuple):
    """A memory aid for one task; empty parts are not shown.

    Attributes:
        why: one sentence.
        greeting: how every call begins; "" for a task without a call.
        do: what to do when it is no call.
        questions: at most three.
        more: further parts, each with its heading.
        letter: the whole text of a letter, a paragraph each; () for any other task.
    """

    title: str
    why: str
    greeting: str = ""
    do: str = ""
    opening: str = ""
    questions: tuple[str, ...] = ()
    offer: str = ""
    avoid: str = ""
    closing: str = ""
    more: tuple[tuple[str, str], ...] = ()
    letter: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """What one task is about, in words and numbers; what is not known is empty.

    Attributes:
        firm, phone: of the bureau. `person` is who calls: the task's present owner.
        salutation: how a letter begins, "Beste Anna de Vries,".
        kind: of the client: consument, aannemer or architect.
        happened_on: the day of the feedback, quote, sign-up or letter of the task, in words.
        score: of the feedback; None for a complaint without one.
        is_again: the client is not content with how the complaint before was solved.
        settled: what there was with the client before this task.
        subject: what the feedback was about, to follow "voor".
        promise_at: when the client hears from us, "maandag 9 maart om 16.00 uur".
        solution_within: how long after the complaint it is solved at the latest, "twee werkdagen".
        follow_up_after: how long after it we ask once more, "een maand".
        higher_person: who calls after a "niet tevreden"; may be `person` again.
        mail, answer: the mail on whose page the client answered, and the id of the choice.
        work: the project as a sentence names it, "de dakkapel"; `plan` the one of a quote, "een uitbouw".
        number: of the invoice; `amount` and `days_over` are its own, with others' added.
        tier: the label of the client's tier.
        contacts: how often the client was in touch.
        year: of the project that a win-back call is about.
        code, percent, code_until: of the win-back mail; all empty when none went.
        friend_discount: for who signed up over a link; `flags` in plain words.
        engineer: what the firm calls who does the work; `other_firm` another firm, `that_other_firm` a known one.
        called: what the programme calls the call beside a mail; "" leaves it our name.
        has_phone: whether we know a number.
        refuse_post: the line below every letter.
    """

    firm: str
    phone: str
    person: str
    salutation: str = "Goedendag,"
    kind: str = "consument"
    happened_on: str = ""
    score: int | None = None
    is_again: bool = False
    settled: Settled = Settled.NOTHING
    subject: str = ""
    promise_at: str = ""
    solution_within: str = "twee werkdagen"
    follow_up_after: str = "een maand"
    higher_person: str = ""
    mail: str = ""
    answer: str = ""
    work: str = "het project"
    plan: str = "uw plan"
    number: str = ""
    amount: str = ""
    days_over: int = 0
    tier: str = ""
    contacts: int = 0
    year: str = ""
    code: str = ""
    percent: int = 0
    code_until: str = ""
    friend_discount: str = ""
    flags: tuple[str, ...] = ()
    has_phone: bool = True
    called: str = ""
    engineer: str = TradeTerms().engineer
    other_firm: str = TradeTerms().other_firm
    that_other_firm: str = TradeTerms().that_other_firm


ScriptOf = Callable[[TaskFacts], Script]


def greeting(about: TaskFacts, else_: str = ASK_FIRST) -> str:
    """How every service call begins; `else_` is what to do when it is no good moment."""
    return f"“Goedemiddag, u spreekt met {about.person} van {about.firm}. Komt het nu uit?” {else_}"


def named_opening(about: TaskFacts, words: str) -> str:
    """How a marketing call begins: it names who calls and the number, because the law asks it."""
    return f"“U spreekt met {about.person} van {about.firm}, {about.phone}. {words}”"
