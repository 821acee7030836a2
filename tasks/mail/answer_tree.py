"""Compiled mails by the answers that made them.

A template asks its questions one after another, and which it asks next follows from the answers so far. So they form
a tree, and a variant finds the one mail that is its own without a look at any other.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from programme.mail.variables import Choice
from tasks.mail.template_values import answer_of

Leaf = TypeVar("Leaf")


class AnswerTree(Generic[Leaf]):
    """Either a leaf, or a question with a tree for each answer that was met so far."""

    __slots__ = ("_branches", "_leaf", "_question")

    def __init__(self) -> None:
        self._question = ""
        self._branches: dict[Choice, AnswerTree[Leaf]] = {}
        self._leaf: Leaf | None = None

    def find(self, variant: Mapping[str, Choice]) -> Leaf | None:
        """The leaf to which a variant's answers lead; None when nobody came here with the same answers."""
        tree: AnswerTree[Leaf] | None = self
        while tree is not None and tree._leaf is None:
            tree = tree._branches.get(answer_of(variant, tree._question)) if tree._branches else None
        return tree._leaf if tree else None

    def add(self, answers: Mapping[str, Choice], leaf: Leaf) -> None:
        """Args:
        answers: by question, in the order in which they were asked.
        """
        tree = self
        for question, answer in answers.items():
            tree._question = question
            tree = tree._branches.setdefault(answer, AnswerTree())
        tree._leaf = leaf
