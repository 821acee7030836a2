"""A mail that is composed once for all whose mails are alike, and filled with each recipient's own words."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from json.encoder import encode_basestring  # as json_of writes a text
from typing import NamedTuple

from models.database.bulk import Columns
from programme.facts.records import Client, Recipient
from programme.mail.likeness import OWN_FIELDS, shares_fields
from programme.mail.links import links_of_many
from programme.mail.project_words import PROJECT_FIELDS, AboutProject, words_of_projects
from programme.mail.subject import sender_name
from programme.mail.variables import NOT_AT_HOME, mail_context
from programme.rules.decide import Decision
from programme.rules.groups.offers import GivenCode, tier_code
from programme.terms.kinds import MailKind
from programme.terms.schema import Tier
from programme.words.naming.greetings import addressed, greetings_of, is_company
from programme.words.tokens import message_ids_of
from tasks.mail.logged import OF_MAIL
from tasks.mail.render import CompiledMail, Renderer, json_of


class Cut(NamedTuple):
    """A text cut where a word of the recipient's own goes: one piece more than there are holes, each by its field."""

    pieces: tuple[str, ...]
    holes: tuple[str, ...]

    @classmethod
    def of(cls, literals: Sequence[str], names: Sequence[str], known: Mapping[str, str]) -> "Cut":
        """These literals with the values of fields between them; of those that all share, the values are known."""
        pieces, holes = [literals[0]], []
        for name, literal in zip(names, literals[1:], strict=True):
            if name in OWN_FIELDS:
                holes.append(name)
                pieces.append(literal)
            else:
                pieces[-1] += known[name] + literal
        return cls(tuple(pieces), tuple(holes))

    def filled(self, own: Mapping[str, Iterable[str]], count: int) -> list[str]:
        """The text of each of so many recipients.

        Args:
            own: the words of all of them, by field.
        """
        if not self.holes:
            return [self.pieces[0]] * count
        parts: list[Iterable[str]] = [repeat(self.pieces[0], count)]
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            parts += [own[hole], repeat(piece, count)]
        return list(map("".join, zip(*parts, strict=True)))


class SharedMail(NamedTuple):
    """What mails that are alike share.

    Attributes:
        sender_name: None when it is that of the project's engineer.
        subject, fields: the subject, and the fields as JSON, each cut where a word of the recipient's own goes.
        code: the discount code that the mail gives; None when it gives none, or the recipient's own.
        tier: whose own code the mail gives; None when it gives none.
        is_company: the name is that of a firm or another body.
        is_at_home: the mail speaks of the project as the recipient's own house.
        is_shared: False when the mail places more of a recipient's own than can be filled in here.
    """

    compiled: CompiledMail
    sender_name: str | None
    subject: Cut
    fields: Cut
    code: GivenCode | None
    tier: Tier | None
    is_company: bool
    is_at_home: bool
    is_shared: bool

    @property
    def needs_code(self) -> bool:
        """Whether the mail holds the client's own code, or a link that does."""
        return holds_own_code(self.compiled, self.tier is not None)

    @property
    def of_project(self) -> frozenset[str]:
        """The fields that follow from the mail's project."""
        signed = frozenset(() if self.sender_name else ("engineer",))
        return signed | PROJECT_FIELDS.intersection(self.fields.holes)


class Whose(NamedTuple):
    """The recipients of mails that are alike, column by column.

    Attributes:
        codes: may be "" when the mails need none.
        projects: those that the mails are about; none when they say nothing of these in words of their own.
    """

    client_ids: Sequence[str]
    occasions: Iterable[str]
    names: Sequence[str]
    codes: Sequence[str]
    projects: Sequence[AboutProject]


def holds_own_code(compiled: CompiledMail, gives_it: bool) -> bool:
    """Whether a mail gives its client's own code, as `gives_it` says, or has a link that holds it."""
    return gives_it or "dashboard_url" in compiled.links


def share(renderer: Renderer, kind: MailKind, decision: Decision, client: Client, recipient: Recipient) -> SharedMail:
    """Compose the mail of one, for all who are alike; the client has its code."""
    context = mail_context(renderer.programme, kind, decision, client, recipient, decision.as_of)
    compiled = renderer.compiled(kind.id, context.variant)
    gives_own, fields = context.code is not None and context.code.is_own, context.fields
    return SharedMail(
        compiled,
        None if context.variant["personal"] else context.sender_name,
        Cut.of(*compiled.subject.cut, fields),
        _as_json(compiled, fields),
        None if gives_own else context.code,
        next(tier for tier in renderer.programme.tiers if tier.id == decision.tier) if gives_own else None,
        is_company(client.name),
        context.variant["reader"] not in NOT_AT_HOME,
        shares_fields(compiled.places) and PROJECT_FIELDS.intersection(compiled.places) <= fields.keys(),
    )


def fill(renderer: Renderer, shared: SharedMail, touchpoint: str, whose: Whose, key: bytes) -> Columns:
    """The mails of recipients alike, in their order, by the columns of OF_MAIL; only of a mail that is shared."""
    client_ids, occasions, names, codes, projects = whose
    count = len(client_ids)
    message_ids = message_ids_of(key, client_ids, touchpoint, occasions)
    own: dict[str, Sequence[str]] = {**links_of_many(key, renderer.base_url, message_ids, codes, shared.compiled.links)}
    if "name" in shared.fields.holes:
        own["name"], own["greeting"] = zip(*(addressed(name, shared.is_company) for name in names), strict=True)
    else:
        own["greeting"] = greetings_of(names, shared.is_company)
    for field in shared.of_project:
        own[field] = words_of_projects(renderer.programme.types, field, projects, shared.is_at_home)
    given = [shared.code] * count
    if shared.tier:
        given = [tier_code(shared.tier, code) for code in codes]
        own["member_code"] = [each.code if each else "" for each in given]
    columns = (
        message_ids,
        shared.subject.filled(own, count),
        _senders(renderer, shared, own, count),
        [shared.compiled.variant_json] * count,
        shared.fields.filled({hole: map(encode_basestring, own[hole]) for hole in shared.fields.holes}, count),
        given,
    )
    return dict(zip(OF_MAIL, columns, strict=True))


def _senders(renderer: Renderer, shared: SharedMail, own: Mapping[str, Sequence[str]], count: int) -> list[str]:
    if shared.sender_name is not None:
        return [shared.sender_name] * count
    return [sender_name(renderer.programme.brand, engineer) for engineer in own["engineer"]]


def _as_json(compiled: CompiledMail, fields: Mapping[str, str]) -> Cut:
    """The fields that the mail places as JSON with sorted names."""
    placed = [name for name in compiled.places if name in fields or name in compiled.links]
    heads = [f"{',' if number else '{'}{json_of(name)}:" for number, name in enumerate(placed)]
    known = {name: json_of(value) for name, value in fields.items() if name in placed}
    return Cut.of([*heads, "}"], placed, known)
