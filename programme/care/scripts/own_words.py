"""The firm's own words in a script, in the place of ours."""

from collections.abc import Callable, Mapping
from typing import Any

from programme.care.scripts.marketing import discount_words
from programme.care.scripts.script import ASK_FIRST, Script, TaskFacts, named_opening
from programme.terms.script_terms import FACTS, MARKETING, ScriptTerms


def with_own_words(script: Script, own: ScriptTerms, kind: str, about: TaskFacts) -> Script:
    """The script with what the firm says itself.

    A call for marketing still begins with who calls and the number, and ends with the right to refuse further calls:
    the law asks both. A letter keeps its salutation, its code and its end.
    """
    facts = {name: getattr(about, name) for name in FACTS}
    said = {name: _filled(value, facts) for name, value in own.given.items()}
    if script.letter:
        why, letter = said.get("why", (script.why,)), said.get("letter", script.letter[1:2])
        return script._replace(why=why[0], letter=(script.letter[0], *letter, *script.letter[2:]))
    shaped = _OF_MARKETING if kind in MARKETING else _OF_SERVICE
    parts = {name: shaped[name](about, words) for name, words in said.items() if name in shaped}
    return script._replace(**parts)


def _filled(value: str | tuple[str, ...], facts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(each.format_map(facts) for each in ((value,) if isinstance(value, str) else value))


Shape = Callable[[TaskFacts, tuple[str, ...]], Any]

# How each part takes its words: what is said aloud stands between quotation marks.
_OF_SERVICE: Mapping[str, Shape] = {
    **dict.fromkeys(("why", "do", "offer", "avoid"), lambda _, words: words[0]),
    **dict.fromkeys(("opening", "closing"), lambda _, words: f"“{words[0]}”"),
    "questions": lambda _, words: tuple(f"“{each}”" for each in words),
}
_OF_MARKETING: Mapping[str, Shape] = {
    **{name: shape for name, shape in _OF_SERVICE.items() if name != "closing"},
    "opening": lambda about, words: f"{named_opening(about, words[0])} {ASK_FIRST}",
    "offer": lambda about, words: f"{discount_words(about)}{words[0]}",
}
