"""The ways of delivering by their names in BOUWCLUB_DELIVERY, and the one that writes files."""

from datetime import date
from pathlib import Path

from models.settings import Settings
from programme.schema import Programme
from programme.sends import RequestState
from tasks.messenger import Answer, Claim, Messenger, OutboxUnwritable, Parcel
from tasks.outbox import deliver_to_outbox
from tasks.render import Mail, Renderer, mail_of

MAILS_A_CLAIM = 500  # held in memory at once, about 40 kB each


def messenger_of(settings: Settings, programme: Programme, as_of: date) -> Messenger:
    """The way of delivering that the settings name. Raises NotReadyToSend when it misses a setting."""
    if settings.delivery == "sendgrid":
        from tasks.sendgrid import SendGridMessenger

        return SendGridMessenger(settings, programme)
    return OutboxMessenger(settings.outbox_dir, as_of)


class OutboxMessenger:
    """Writes each mail as a file; doing it again writes the same file, so nothing is ever in doubt."""

    name = "outbox"
    leaves_machine = False
    is_repeatable = True
    per_request = MAILS_A_CLAIM
    parallel = 1

    def __init__(self, folder: Path, as_of: date) -> None:
        self._folder = folder
        self._as_of = as_of

    def prepare(self, renderer: Renderer, claim: Claim) -> Parcel:
        """The mails themselves, and the letters that no mail can be made of."""
        mails: list[Mail] = []
        unfit: dict[int, str] = {}
        for letter in claim.letters:
            try:
                mails.append(mail_of(renderer, letter, self._as_of))
            except (KeyError, ValueError) as error:
                unfit[letter.id] = f"{type(error).__name__} in its fields"
        return Parcel(mails, unfit, [])

    def deliver(self, claim: Claim, parcel: Parcel) -> Answer:
        """Write the files. Raises OutboxUnwritable for a full disk or a folder that may not be written."""
        try:
            deliver_to_outbox(self._folder, parcel.content)
        except OSError as error:
            raise OutboxUnwritable(f"the outbox {self._folder} cannot be written: {error.strerror or error}") from error
        return Answer(RequestState.ACCEPTED)
