"""A task's script on the terminal, in Dutch, for who is about to call."""

from datetime import datetime

from cli.printing.console import say
from programme.care.cases.clock import urgency_of
from programme.care.staff_mails import when_words
from programme.care.words import CHANNEL_WORDS, TASK_STATE_WORDS
from programme.terms.trade import TradeTerms
from tasks.care.people.listing import Task
from tasks.care.people.scripts import ForTheCall


def print_script(task: Task, told: ForTheCall, at: datetime, trade: TradeTerms) -> None:
    """Head, reason, the client's own words, then the script; parts that are empty are left out.

    Args:
        at: the moment at which it is read: what was due before it is late.
    """
    script = told.script
    who = f"klant {told.name}, nummer {task.client_id}" if task.client_id else told.name
    say(f"{script.title} · {who} · {_due(task, at)}", bold=True)
    say(f"{CHANNEL_WORDS[task.channel]} · {task.owner}, {trade.levels[task.level]}")
    wrote = [f"“{words}”" for words in told.wrote] or ["De klant schreef niets."]
    parts = [
        ("Bel", told.phone if task.channel == "phone" else ""),
        ("Naar", ", ".join(told.address)),
        ("Waarom", script.why),
        ("Wat de klant schreef", "\n".join(wrote)),
        ("Begin", script.greeting),
        ("Doe", script.do),
        ("Opening", script.opening),
        ("Vragen", "\n".join(f"{number}. {each}" for number, each in enumerate(script.questions, start=1))),
        ("Bied aan", script.offer),
        ("Zeg niet", script.avoid),
        ("Afsluiting", script.closing),
        *script.more,
        ("Brief", "\n\n".join(script.letter)),
    ]
    for heading, text in parts:
        if text:
            say("")
            say(heading, bold=True)
            say(text)


def _due(task: Task, at: datetime) -> str:
    if task.state != "open":
        return TASK_STATE_WORDS[task.state]
    return f"{'te laat sinds' if urgency_of(task.due_at, at) == 'late' else 'uiterlijk'} {when_words(task.due_at)}"
