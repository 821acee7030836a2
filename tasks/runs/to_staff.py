"""One mail to somebody at the firm, by the same provider as all mail; it stands in no message log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from programme.mail.links import mail_to
from programme.sending.state_changes import RequestState
from programme.terms.kinds import Choice, MailKind
from programme.terms.payout_terms import Person
from programme.words.tokens import message_id_of
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.providers.configured import make_messenger
from tasks.sending.messenger import Claim, Letter, Messenger


@dataclass(frozen=True)
class StaffMailer:
    """Sends mails of one kind; its values hold numbers and links, and never a client's name or words."""

    workspace: Workspace
    kind: MailKind

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self.workspace.programme, self.workspace.settings.base_url, campaign=self.kind)

    @cached_property
    def _messenger(self) -> Messenger:
        return make_messenger(self.workspace.settings, self.workspace.programme)

    def send(self, person: Person, occasion: str, values: Mapping[str, Choice], day: date) -> bool:
        """Send one mail, dated this day; False when the provider did not take it now.

        Args:
            occasion: what it is about; the same mail about it again has the same id.
            values: all fields of the kind.
        """
        kind, brand = self.kind, self.workspace.programme.brand
        stop = mail_to(brand.reply_address, f"Geen mail meer: {kind.label}")
        fields = {**kind.saying(values).values, "name": person.name, "unsubscribe_url": stop}
        compiled = self._renderer.compiled(kind.id, "{}")
        message_id = message_id_of(self.workspace.settings.key(), person.email, kind.id, occasion)
        letter = Letter(
            0, message_id, "", person.email, kind.id, kind.purpose, brand.sender_name,
            compiled.variant_json, json.dumps(fields, ensure_ascii=False), 0,
        )  # fmt: skip
        claim = Claim(f"staff-{message_id}", day, kind.id, compiled.variant_json, False, [letter])
        answer = self._messenger.deliver(claim, self._messenger.prepare(self._renderer, claim))
        return answer.state == RequestState.ACCEPTED
