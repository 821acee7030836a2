"""Compiled mails, found by the answers that led to them.

A template asks questions about the variant one after another, and the answers so far decide which question comes next.
So the questions form a tree, in which a variant finds its mail without comparing it with any other.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from programme.mail.variables import Choice
from tasks.mail.templating.template_values import answer_of

Leaf = TypeVar("Leaf")


class AnswerTree(Generic[Leaf]):
    """Either a leaf, or a question with one subtree for each answer seen so far."""

    __slots__ = ("_branches", "_leaf", "_question")

    def __init__(self) -> None:
        self._question = ""
        self._branches: dict[Choice, AnswerTree[Leaf]] = {}
        self._leaf: Leaf | None = None

    def find(self, variant: Mapping[str, Choice]) -> Leaf | None:
        """The leaf for the variant's answers; None when these answers have not been added."""
        tree: AnswerTree[Leaf] | None = self
        while tree is not None and tree._leaf is None:
            tree = tree._branches.get(answer_of(variant, tree._question)) if tree._branches else None
        return tree._leaf if tree else None

    def add(self, answers: Mapping[str, Choice], leaf: Leaf) -> None:
        """Add a leaf.

        Args:
            answers: by question, in the order in which they were asked.
        """
        tree = self
        for question, answer in answers.items():
            tree._question = question
            tree = tree._branches.setdefault(answer, AnswerTree())
        tree._leaf = leaf
