"""Delivery into the outbox: one .eml per message. Repeating it writes the same files, so nothing is ever in doubt."""

import errno
from dataclasses import replace
from pathlib import Path

from programme.sending.state_changes import Refusal, RequestState
from tasks.mail.render import Mail, Renderer
from tasks.mail.reply_to import ReplyTo
from tasks.providers.outbox import IS_REPEATABLE, NAME
from tasks.providers.outbox.files import TO_MEND, deliver_to_outbox, remove_partial_files
from tasks.sending.messenger import Claim, Parcel, ProviderAnswer, ToStaff

_STORAGE_FAULTS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}
)


class OutboxMessenger:
    """Writes mails into a folder, which is created when needed."""

    name = NAME
    leaves_machine = False
    is_repeatable = IS_REPEATABLE
    per_request = 1000
    parallel = 1

    def __init__(self, folder: Path, reply_to: ReplyTo) -> None:
        self._folder, self._reply_to = folder, reply_to
        remove_partial_files(folder)

    def prepare(self, renderer: Renderer, claim: Claim) -> Parcel:
        """Render the mails; letters that cannot be rendered are unfit."""
        mails: list[Mail] = []
        unfit: dict[int, str] = {}
        for letter in claim.letters:
            try:
                mail = renderer.mail(letter, claim.variant, claim.as_of)
                mails.append(self._addressed(mail, claim.to_staff))
            except (KeyError, ValueError) as error:
                unfit[letter.id] = f"{type(error).__name__} in its fields"
        return Parcel(mails, unfit, [])

    def _addressed(self, mail: Mail, to_staff: ToStaff | None) -> Mail:
        if to_staff is None:
            return replace(mail, reply_address=self._reply_to.of(mail.message_id))
        reply_address = to_staff.reply_to or mail.reply_address
        return replace(mail, reply_address=reply_address, is_automatic=True, files=to_staff.files)

    def deliver(self, claim: Claim, parcel: Parcel) -> ProviderAnswer:
        """Write the files. A full or closed disk stops the run; an address that no header can hold is refused."""
        try:
            deliver_to_outbox(self._folder, parcel.content)
        except ValueError as error:
            state = RequestState.REJECTED if len(claim.letters) == 1 else RequestState.SPLIT
            return ProviderAnswer(state, detail=type(error).__name__)
        except OSError as error:
            refusal = Refusal.STORAGE if error.errno in _STORAGE_FAULTS else None
            reason = error.strerror or type(error).__name__
            return ProviderAnswer(RequestState.NOT_SENT, refusal=refusal, to_mend=TO_MEND, detail=reason)
        return ProviderAnswer(RequestState.ACCEPTED)
