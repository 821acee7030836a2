"""The part of a decision's mail that the log stores. Of mails that are alike one is composed, for all."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from programme.facts.records import Client, Recipient
from programme.mail.likeness import likeness_of_mail
from programme.rules.decide import Decision
from tasks.mail.logged import PreparedMail
from tasks.mail.render import Renderer, prepare_kind, with_code
from tasks.mail.sharing import SharedMail, Whose, fill, share

MOST_KINDS = 20_000  # mails remembered at once; a season has hundreds

Send = tuple[Decision, Client, Recipient]


def prepare(renderer: Renderer, decision: Decision, client: Client, recipient: Recipient, key: bytes) -> PreparedMail:
    """The part of a decision's mail that the log stores; the same facts give the same bytes."""
    return prepare_all(renderer, [(decision, client, recipient)], key)[0]


def prepare_all(renderer: Renderer, sends: Sequence[Send], key: bytes) -> list[PreparedMail]:
    """The same of many decisions, in their order."""
    alike: dict[Hashable | None, list[int]] = defaultdict(list)
    for place, (decision, client, _) in enumerate(sends):
        alike[likeness_of_mail(renderer.programme, renderer.kinds[decision.touchpoint], decision, client)].append(place)
    found: dict[int, PreparedMail] = {}
    for likeness, places in alike.items():
        mails = _prepared(renderer, likeness, [sends[place] for place in places], key)
        found.update(zip(places, mails, strict=True))
    return [found[place] for place in range(len(sends))]


def holds_own_code(renderer: Renderer, touchpoint_id: str, mail: PreparedMail) -> bool:
    """Whether a mail gives its client's own code, or has a link that holds it."""
    if mail.code is not None and mail.code.is_own:
        return True
    return "dashboard_url" in renderer.compiled(touchpoint_id, mail.variant_json).links


def shared_of(renderer: Renderer, send: Send, key: bytes) -> SharedMail | None:
    """What the mail shares with those that are like it; None for one that is like no other."""
    decision, client, _ = send
    likeness = likeness_of_mail(renderer.programme, renderer.kinds[decision.touchpoint], decision, client)
    return None if likeness is None else _shared(renderer, likeness, send, key)


def _prepared(renderer: Renderer, likeness: Hashable | None, sends: Sequence[Send], key: bytes) -> list[PreparedMail]:
    """The mails of one likeness; those of None are like no other."""
    if likeness is not None:
        shared = _shared(renderer, likeness, sends[0], key)
        if shared.is_shared:
            whose = [(client.client_id, client.name, with_code(client, key).code) for _, client, _ in sends]
            filled = fill(renderer, shared, sends[0][0], Whose(*zip(*whose, strict=True)), key)
            return list(map(PreparedMail._make, zip(*filled.values(), strict=True)))
    return [
        prepare_kind(renderer, renderer.kinds[decision.touchpoint], decision, client, recipient, decision.as_of, key)
        for decision, client, recipient in sends
    ]


def _shared(renderer: Renderer, likeness: Hashable, send: Send, key: bytes) -> SharedMail:
    if likeness not in renderer.shared:
        if len(renderer.shared) > MOST_KINDS:
            renderer.shared.clear()
        decision, client, recipient = send
        kind = renderer.kinds[decision.touchpoint]
        renderer.shared[likeness] = share(renderer, kind, decision, with_code(client, key), recipient)
    known: SharedMail = renderer.shared[likeness]
    return known
