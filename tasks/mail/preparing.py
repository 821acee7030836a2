"""The part of a decision's mail that the log stores. Of mails that are alike one is composed, for all."""

from programme.facts.records import Client, Recipient
from programme.mail.likeness import likeness_of_mail
from programme.rules.decide import Decision
from tasks.mail.logged import PreparedMail
from tasks.mail.render import Renderer, prepare_kind, with_code
from tasks.mail.sharing import fill, share

MOST_KINDS = 20_000  # mails remembered at once; a season has hundreds


def prepare(renderer: Renderer, decision: Decision, client: Client, recipient: Recipient, key: bytes) -> PreparedMail:
    """The part of a decision's mail that the log stores; the same facts give the same bytes."""
    kind = renderer.kinds[decision.touchpoint]
    likeness = likeness_of_mail(renderer.programme, kind, decision, client)
    if likeness is not None:
        known = with_code(client, key)
        if likeness not in renderer.shared:
            if len(renderer.shared) > MOST_KINDS:
                renderer.shared.clear()
            renderer.shared[likeness] = share(renderer, kind, decision, known, recipient)
        shared = renderer.shared[likeness]
        if shared.is_shared:
            return fill(renderer, shared, decision, client.name, known.code, key)
    return prepare_kind(renderer, kind, decision, client, recipient, decision.as_of, key)
