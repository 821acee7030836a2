"""The part of a decision's mail that the log stores. Of mails that are alike one is composed, for all."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from programme.facts.records import Client, Recipient
from programme.mail.likeness import likeness_of_mail
from programme.mail.subject import project_of
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
    for place, send in enumerate(sends):
        alike[likeness_of_mail(renderer.programme, renderer.kinds[send[0].touchpoint], *send)].append(place)
    found: dict[int, PreparedMail] = {}
    for likeness, places in alike.items():
        mails = _prepared(renderer, likeness, [sends[place] for place in places], key)
        found.update(zip(places, mails, strict=True))
    return [found[place] for place in range(len(sends))]


def prepare_alone(renderer: Renderer, sends: Sequence[Send], key: bytes) -> list[PreparedMail]:
    """The same, with each mail composed by itself."""
    return [
        prepare_kind(renderer, renderer.kinds[decision.touchpoint], decision, client, recipient, decision.as_of, key)
        for decision, client, recipient in sends
    ]


def shared_of(renderer: Renderer, likeness: Hashable | None, one: Callable[[], Send], key: bytes) -> SharedMail | None:
    """What the mails of a likeness share, of which `one` makes one; None when each is composed by itself."""
    if likeness is None:
        return None
    if likeness not in renderer.shared:
        if len(renderer.shared) > MOST_KINDS:
            renderer.shared.clear()
        decision, client, recipient = one()
        kind = renderer.kinds[decision.touchpoint]
        renderer.shared[likeness] = share(renderer, kind, decision, with_code(client, key), recipient)
    known: SharedMail = renderer.shared[likeness]
    return known if known.is_shared else None


def _prepared(renderer: Renderer, likeness: Hashable | None, sends: Sequence[Send], key: bytes) -> list[PreparedMail]:
    """The mails of one likeness."""
    shared = shared_of(renderer, likeness, lambda: sends[0], key)
    if shared is None:
        return prepare_alone(renderer, sends, key)
    about = [project_of(decision, client, decision.as_of) for decision, client, _ in sends] if shared.of_project else []
    whose = Whose(
        [client.client_id for _, client, _ in sends],
        [decision.occasion for decision, _, _ in sends],
        [client.name for _, client, _ in sends],
        [with_code(client, key).code for _, client, _ in sends],
        [project for project in about if project],
    )
    filled = fill(renderer, shared, sends[0][0].touchpoint, whose, key)
    return list(map(PreparedMail._make, zip(*filled.values(), strict=True)))
