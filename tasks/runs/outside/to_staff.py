"""One mail to somebody at the firm, by the same provider as all mail; it stands in no message log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from programme.mail.links import mail_to
from programme.sending.state_changes import RequestState
from programme.terms.kinds import Choice, MailKind
from programme.terms.tables.payout_terms import Person
from programme.words.tokens import message_id_of
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.mail.renderers import renderer_of
from tasks.providers.configured import make_messenger
from tasks.sending.messenger import Claim, Letter, Messenger, ToStaff

NOTHING_BESIDE = ToStaff()


@dataclass(frozen=True)
class StaffMailer:
    """Sends mails of one kind; its values hold numbers and links, and never a client's name or words.

    Only a client's own mail that is passed on (care section 7.5) has the words that it came with.
    """

    workspace: Workspace
    kind: MailKind

    @cached_property
    def _renderer(self) -> Renderer:
        return renderer_of(self.workspace, self.kind)

    @cached_property
    def _messenger(self) -> Messenger:
        return make_messenger(self.workspace.settings, self.workspace.programme)

    def send(self, person: Person, occasion: str, values: Mapping[str, Choice], day: date) -> bool:
        """Send one mail, dated this day; False when the provider did not take it now.

        Args:
            occasion: what it is about; the same mail about it again has the same id.
            values: all fields of the kind.
        """
        return self.send_to(person.email, occasion, {"name": person.name, **values}, day)

    def send_to(
        self, address: str, occasion: str, values: Mapping[str, Choice], day: date, to_staff: ToStaff = NOTHING_BESIDE
    ) -> bool:
        """As send, to any address of the firm, with what goes beside the text."""
        kind, brand = self.kind, self.workspace.programme.brand
        own = kind.saying({name: value for name, value in values.items() if name != "name"}).values
        compiled = self._renderer.compiled(kind.id, own)
        stop = mail_to(brand.reply_address, f"Geen mail meer: {kind.label}")
        fields = {"name": brand.team_name, **values, "unsubscribe_url": stop}
        texts = {name: value for name, value in fields.items() if name not in kind.choices}
        message_id = message_id_of(self.workspace.settings.key(), address, kind.id, occasion)
        letter = Letter(
            0, message_id, "", address, kind.id, kind.purpose, brand.sender_name,
            None, json.dumps(texts, ensure_ascii=False), 0,
        )  # fmt: skip
        claim = Claim(f"staff-{message_id}", day, kind.id, compiled.variant_json, False, [letter], to_staff=to_staff)
        answer = self._messenger.deliver(claim, self._messenger.prepare(self._renderer, claim))
        return answer.state == RequestState.ACCEPTED
