"""The script of a task, by its kind and its channel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from programme.care.scripts import cases, marketing, service
from programme.care.scripts.own_words import with_own_words
from programme.care.scripts.script import Script, ScriptOf, TaskFacts
from programme.terms.script_terms import ScriptTerms, TaskKind

LETTER = "letter"

SCRIPTS: Mapping[str, ScriptOf] = {
    "case_call": cases.call,
    "case_solution": cases.solution,
    "case_fix": cases.fix,
    "case_check_in": cases.check_in,
    "case_follow_up": cases.follow_up,
    "contact_asked": service.contact_asked,
    "reply": service.reply,
    "lead": service.lead,
    "look": service.look,
    "handover": service.handover,
    "many_contacts": service.many_contacts,
    "overdue_invoice": service.overdue_invoice,
    "build_check": service.build_check,
    "exit_call": marketing.exit_call,
    "channel_change": marketing.channel_change,
    "win_back_call": marketing.win_back_call,
}
LETTERS: Mapping[str, ScriptOf] = {
    "exit_call": marketing.exit_letter,
    "channel_change": marketing.channel_letter,
    "win_back_call": marketing.win_back_letter,
}


def script_of(
    kind: str, channel: str, about: TaskFacts, own: Mapping[TaskKind, ScriptTerms] = MappingProxyType({})
) -> Script:
    """The script for a task of this kind. Raises KeyError for a kind that no room knows.

    Args:
        own: the firm's own words, by kind.
    """
    script = (LETTERS if channel == LETTER else SCRIPTS)[kind](about)
    words = own.get(cast(TaskKind, kind))
    return with_own_words(script, words, kind, about) if words else script
