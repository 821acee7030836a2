"""One recipient's mail: the compiled texts of its variant, with the recipient's values in the place of their tags.

SendGrid replaces the same tags by the same values, so this equals what a client receives, byte for byte.
"""

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import escape

from programme.campaigns.texts import texts_of
from programme.facts.records import Client, Recipient
from programme.mail.appointment import Attachment, appointment_of
from programme.mail.links import LINKS, links_of
from programme.mail.variables import AboutOccasion, Choice, MailContext, mail_context
from programme.terms.kinds import Kinds, MailKind
from programme.terms.schema import Programme
from programme.words.tokens import client_code_of, message_id_of
from tasks.base.programme_file import TEMPLATES
from tasks.mail.keeping.store import KeptMails
from tasks.mail.logged import LoggedMessage as LoggedMessage
from tasks.mail.logged import PreparedMail as PreparedMail
from tasks.mail.templating.answer_tree import AnswerTree
from tasks.mail.templating.tagged import TAG, TaggedMail
from tasks.mail.templating.templates import Templates


class FieldMissing(ValueError):
    """A template places a value that this recipient's mail does not have."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a day, ready to hand over; its files are (name, media type, content)."""

    message_id: str
    touchpoint: str
    as_of: date
    subject: str
    html: str
    text: str
    sender_name: str
    sender_address: str
    reply_address: str
    recipient: str
    unsubscribe_url: str
    is_automatic: bool = False  # no machine may answer it
    files: tuple[tuple[str, str, bytes], ...] = ()


class Filled(NamedTuple):
    """The texts of one mail, with the recipient's values."""

    subject: str
    text: str
    html: str


class TaggedText:
    """A text with a tag for each value.

    Joining what stands between the tags for each recipient is faster than replacing or formatting. It is cut only
    where a mail is filled in here: a run that hands the tags to its provider, or only logs, never needs a second copy.
    """

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self.distinct = tuple(dict.fromkeys(name for name, _ in TAG.findall(whole)))

    @cached_property
    def cut(self) -> tuple[list[str], list[str]]:
        """What stands before, between and after the tags, and the names in the tags."""
        cut = TAG.split(self.whole)
        return cut[::3], cut[1::3]

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with these values. Raises KeyError for a missing value."""
        literals, names = self.cut
        parts = [""] * (len(literals) + len(names))
        parts[::2] = literals
        parts[1::2] = [values[name] for name in names]
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class CompiledMail:
    """A variant of a touchpoint's mail, ready for a recipient's fields.

    Attributes:
        variant_json: the variant as the log stores it: only the choices that the template asks for.
        places, links: the fields that they place (those of the headers too), sorted; and which of these are links.
        files: those that go with every mail of the variant.
    """

    touchpoint: str
    variant_json: str
    preheader: str
    subject: TaggedText
    text: TaggedText
    html: TaggedText
    places: tuple[str, ...]
    links: tuple[str, ...]
    files: tuple[Attachment, ...] = ()

    @classmethod
    def of(cls, touchpoint: str, variant_json: str, tagged: TaggedMail) -> "CompiledMail":
        """The compiled mail of a tagged mail."""
        texts = TaggedText(tagged.subject), TaggedText(tagged.text), TaggedText(tagged.html)
        # The unsubscribe link stands in the headers of every mail.
        places = sorted({"unsubscribe_url", *(name for each in texts for name in each.distinct)})
        links = [name for name in places if name in LINKS]
        event = appointment_of(touchpoint, texts_of(str(tagged.answers.get("copy", ""))))
        told = tuple(places), tuple(links), (event,) if event else ()
        return cls(touchpoint, variant_json, tagged.preheader, *texts, *told)

    def fill(self, fields: Mapping[str, str]) -> Filled:
        """The mail with these values, escaped where they land in HTML. Raises FieldMissing."""
        try:
            escaped = {name: str(escape(fields[name])) for name in self.html.distinct}
            return Filled(self.subject.fill(fields), self.text.fill(fields), self.html.fill(escaped))
        except KeyError as error:
            raise self._missing(error) from None

    def _missing(self, error: KeyError) -> FieldMissing:
        return FieldMissing(
            f"templates/mail/{self.touchpoint}: f.{error.args[0]} has no value in the variant {self.variant_json}. "
            "Place it under a condition on a choice, such as v.has_project."
        )


class Renderer:
    """Renders the mails of one programme. It reads the templates when created, and compiles each variant once.

    Args:
        base_url: of the links in mails, without a slash at its end.
        campaign: the kind of a campaign whose mails it composes; mails of the log need none.
        own: the firm's own templates, taken in place of those of the same name.
        kept: the file that keeps compiled mails between processes; None compiles each mail anew.
    """

    def __init__(
        self,
        programme: Programme,
        base_url: str,
        folder: Path = TEMPLATES,
        campaign: MailKind | None = None,
        own: Path | None = None,
        kept: Path | None = None,
    ) -> None:
        self.programme = programme
        self.kinds = Kinds({**programme.kinds, campaign.id: campaign}) if campaign else programme.kinds
        self.base_url = base_url.rstrip("/")
        self._templates = Templates(programme, folder, own)
        self._kept = KeptMails(kept, self._templates.fingerprint()) if kept else None
        self._logged: dict[tuple[str, str], CompiledMail] = {}
        self._trees: dict[str, AnswerTree[CompiledMail]] = defaultdict(AnswerTree)
        self.shared: dict[Hashable, Any] = {}
        """What mails that are alike share, by their likeness (tasks/mail/preparing.py)."""

    def compiled(self, touchpoint_id: str, variant: Mapping[str, Choice] | str) -> CompiledMail:
        """The mail of a variant, given whole or as the log stores it (JSON).

        Raises TemplateMissing or TemplateInvalid.
        """
        if not isinstance(variant, str):
            return self._trees[touchpoint_id].find(variant) or self._compile(touchpoint_id, variant)
        if known := self._logged.get((touchpoint_id, variant)):
            return known
        whole = {**self.kinds[touchpoint_id].choices, **json.loads(variant)}
        return self._logged.setdefault((touchpoint_id, variant), self.compiled(touchpoint_id, whole))

    def _compile(self, touchpoint_id: str, variant: Mapping[str, Choice]) -> CompiledMail:
        kind = self.kinds[touchpoint_id]
        kept = self._kept if kind is self.programme.kinds.get(kind.id) else None  # not for a campaign's own kind
        compile_anew = self._templates.compile
        tagged = kept.find_or_keep(kind, variant, compile_anew) if kept else compile_anew(kind, variant)
        made = CompiledMail.of(touchpoint_id, json_of(tagged.answers), tagged)
        self._trees[touchpoint_id].add(tagged.answers, made)
        return made

    def context(
        self,
        kind: MailKind,
        occasion: AboutOccasion,
        client: Client,
        recipient: Recipient,
        as_of: date,
        key: bytes,
    ) -> tuple[str, MailContext]:
        """(message id, variant and fields) of the mail about an occasion, with every link that a mail can place.

        Args:
            key: signs ids and links; it also makes the client's code when the client has none yet.
        """
        client = with_code(client, key)
        message_id = message_id_of(key, client.client_id, kind.id, occasion.occasion)
        context = mail_context(self.programme, kind, occasion, client, recipient, as_of)
        context.fields.update(links_of(key, self.base_url, message_id, client.code))
        return message_id, context

    def compose(
        self,
        kind: MailKind,
        occasion: AboutOccasion,
        client: Client,
        recipient: Recipient,
        as_of: date,
        key: bytes,
    ) -> Mail:
        """The exact mail about an occasion; nothing is stored."""
        message_id, context = self.context(kind, occasion, client, recipient, as_of, key)
        compiled = self.compiled(kind.id, context.variant)
        return self._mail(compiled, context.fields, message_id, recipient.address, context.sender_name, as_of)

    def mail(self, message: LoggedMessage, variant: str | None, as_of: date) -> Mail:
        """The mail of a message in the log, with its variant as JSON."""
        compiled = self.compiled(message.touchpoint, variant or "{}")
        fields = json.loads(message.fields or "{}")
        sender = message.sender_name or self.programme.brand.sender_name
        return self._mail(compiled, fields, message.message_id, message.recipient, sender, as_of)

    def _mail(
        self,
        compiled: CompiledMail,
        fields: Mapping[str, str],
        message_id: str,
        recipient: str,
        sender_name: str,
        as_of: date,
    ) -> Mail:
        subject, text, html = compiled.fill(fields)
        brand = self.programme.brand
        return Mail(
            message_id=message_id,
            touchpoint=compiled.touchpoint,
            as_of=as_of,
            subject=subject,
            html=html,
            text=text,
            sender_name=sender_name,
            sender_address=brand.sender_address,
            reply_address=brand.reply_address,
            recipient=recipient,
            unsubscribe_url=fields["unsubscribe_url"],
            files=compiled.files,
        )


def prepare_kind(
    renderer: Renderer,
    kind: MailKind,
    occasion: AboutOccasion,
    client: Client,
    recipient: Recipient,
    as_of: date,
    key: bytes,
) -> PreparedMail:
    """The part that the log stores of one mail of a kind, with the kind's own values.

    Of the fields it stores those that the mail places.
    """
    client = with_code(client, key)
    message_id = message_id_of(key, client.client_id, kind.id, occasion.occasion)
    context = mail_context(renderer.programme, kind, occasion, client, recipient, as_of)
    compiled = renderer.compiled(kind.id, context.variant)
    fields = {name: context.fields[name] for name in compiled.places if name in context.fields}
    fields |= links_of(key, renderer.base_url, message_id, client.code, compiled.links)
    return PreparedMail(
        message_id,
        compiled.subject.fill(fields),
        context.sender_name,
        compiled.variant_json,
        json_of(fields),
        context.code,
    )


def with_code(client: Client, key: bytes) -> Client:
    """The client with a code: his own, or the one that he would get."""
    return client if client.code else replace(client, code=client_code_of(key, client.client_id))


def mail_of(renderer: Renderer, row: Any) -> Mail:
    """The mail of a row of the message log."""
    return renderer.mail(row, row.variant, row.as_of)


# One encoder for all messages, because json.dumps creates one per call with these options.
json_of = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
