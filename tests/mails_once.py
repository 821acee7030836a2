"""Mails that are compiled once a process: each test's base would compile its own, and most of them are the same."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import pytest

from programme.terms.kinds import Choice, MailKind
from tasks.mail.templating.answer_tree import AnswerTree
from tasks.mail.templating.tagged import TaggedMail
from tasks.mail.templating.templates import Templates

# By all that shapes a mail: the fingerprint of templates, programme and code, and the kind.
_COMPILED: dict[tuple[str, str], AnswerTree[TaggedMail]] = defaultdict(AnswerTree)
_FINGERPRINTS: WeakKeyDictionary[Templates, str] = WeakKeyDictionary()


@contextmanager
def mails_compiled_once() -> Iterator[None]:
    """Inside, a variant that any test compiled is compiled no more; what cannot be compiled raises each time."""
    compile_anew = Templates.compile

    def compile_once(self: Templates, kind: MailKind, variant: Mapping[str, Choice]) -> TaggedMail:
        if self not in _FINGERPRINTS:
            _FINGERPRINTS[self] = self.fingerprint()
        tree = _COMPILED[_FINGERPRINTS[self], repr(kind)]
        if not (mail := tree.find(variant)):
            mail = compile_anew(self, kind, variant)
            tree.add(mail.answers, mail)
        return mail

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Templates, "compile", compile_once)
        yield
