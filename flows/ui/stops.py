"""What stopped a run half-way, in Dutch, for whoever reads it in the Prefect UI; the engineer's line stands behind it.

A command's own flow run keeps the words of the command.
"""

from prefect import runtime

from models.database.refusals import MachineFault, machine_fault
from programme.words.numerals import dotted
from tasks.base.programme_file import ProgrammeInvalid
from tasks.care.cases.store import CareRefused
from tasks.inbound.suppressions import SyncFailed
from tasks.money.booking import BookingDayRefused, BookingRefused
from tasks.providers.outbox.pages import OutboxUnusable
from tasks.referrals.batches import SettlementRefused
from tasks.sending.messenger import (
    DeliveryStopped,
    HostUnreachable,
    HostWrong,
    KeyRefused,
    NotReadyToSend,
    OutboxUnwritable,
    ProviderBusy,
    RequestRefused,
    SenderRefused,
    TooManyFailures,
)

SENDING_WORDS: dict[type[Exception], str] = {
    TooManyFailures: "Te veel verzoeken aan de verzenddienst mislukten",
    HostUnreachable: "De verzenddienst is niet te bereiken",
    ProviderBusy: "De verzenddienst vraagt om langer te wachten dan een run wacht",
    KeyRefused: "De verzenddienst weigert onze sleutel, of het tegoed is op",
    SenderRefused: "De verzenddienst staat deze afzender of deze sleutel niet toe",
    HostWrong: "Op het adres van de verzenddienst antwoordt iets anders",
    RequestRefused: "De verzenddienst weigert iets dat alle mails delen, zoals de afzender",
    OutboxUnwritable: "De map waarin de mails komen, kan niet worden beschreven",
    OutboxUnusable: "De map waarin de mails komen, kan niet worden beschreven",
    NotReadyToSend: "Een instelling om te versturen ontbreekt of klopt niet",
}
TASK_WORDS: dict[type[Exception], str] = {
    SyncFailed: "De lijsten van afmeldingen en bounces zijn niet uitgewisseld met de verzenddienst. Wat al is "
    "uitgewisseld, is bewaard; de volgende keer gaat het verder",
    BookingDayRefused: "Er is niets geboekt. Kies een dag die al begonnen is en niet voor de laatst geboekte dag ligt, "
    "of laat de dag leeg",
    BookingRefused: "Er is niets geboekt. Laat het programma nakijken",
    SettlementRefused: "Er is niets klaargezet. Laat het nakijken",
    CareRefused: "Er is niets gedaan: dit kwartier kan niet worden gevolgd. Laat het leeg voor het kwartier van nu",
    ProgrammeInvalid: "Er is niets gedaan: het programma kan zo niet. Verbeter wat hierna staat",
}
MACHINE_WORDS: dict[MachineFault, str] = {
    MachineFault.FULL: "Er is een schijf vol",
    MachineFault.LOST: "De database is niet te bereiken",
    MachineFault.BARRED: "De database mag alleen worden gelezen",
    MachineFault.READ_ONLY: "De database kan alleen worden gelezen",
    MachineFault.DEADLOCK: "Een ander programma hield de database bezet",
    MachineFault.LOCKED_ROWS: "Een ander programma hield de database bezet",
    MachineFault.LOCKED: "Een ander programma hield de database bezet",
    MachineFault.NO_CONNECTION_LEFT: "Te veel programma's gebruiken de database",
    MachineFault.TOO_SLOW: "De database deed er te lang over",
}


class DatabaseRefused(Exception):
    """The database or a disk stopped a run; the message says what to mend, in its state and in the alert."""


class SendingStopped(Exception):
    """What stopped the sending of a run that was started from its form, or by the clock."""


class TaskRefused(Exception):
    """What one of our tasks refused a run that was started from its form, or by the clock."""


def in_words_of_the_run(error: Exception) -> Exception:
    """The error to end a run with: it says what to mend, rather than which statement or answer it was."""
    if isinstance(error, DeliveryStopped | NotReadyToSend | OutboxUnusable):
        return SendingStopped(sending_stop(error)) if _is_of_a_form() else error
    if isinstance(error, tuple(TASK_WORDS)):
        return TaskRefused(task_refusal(error)) if _is_of_a_form() else error
    if (fault := machine_fault(error)) is None:
        return error
    return DatabaseRefused(machine_stop(fault) if _is_of_a_form() else _in_english(fault))


def sending_stop(error: Exception) -> str:
    """Why no more was sent, and what becomes of what is in doubt and of the rest."""
    why = SENDING_WORDS.get(type(error), "De verzending is gestopt")
    return (
        f"{why}.{_doubts_left(error)} Wat niet is verstuurd, blijft klaarstaan: de volgende run verstuurt het, en "
        f"niemand krijgt iets dubbel. Voor de techniek: {error}"
    )


def task_refusal(error: Exception) -> str:
    """What was not done, and what to do; the words of the nearest kind."""
    words = next(TASK_WORDS[kind] for kind in type(error).__mro__ if kind in TASK_WORDS)
    return f"{words}. Voor de techniek: {error}"


def _doubts_left(error: Exception) -> str:
    """No later run sends these, so whoever waits for one has to know."""
    report = error.report if isinstance(error, DeliveryStopped) else None
    if report is None or not report.in_doubt:
        return ""
    many = f"zijn {dotted(report.in_doubt)} berichten in twijfel: die gaan"
    are = "is 1 bericht in twijfel: dat gaat" if report.in_doubt == 1 else many
    return f" Er {are} niet vanzelf opnieuw; zie het artifact in-twijfel."


def machine_stop(fault: MachineFault) -> str:
    """What stands in the way, and that nothing is lost."""
    return (
        f"{MACHINE_WORDS[fault]}. Wat klaar was, is bewaard. Laat het verhelpen en start de run dan opnieuw. "
        f"Voor de techniek: {fault}."
    )


def _in_english(fault: MachineFault) -> str:
    return f"{fault}, and start the run again: what was finished is kept"


def _is_of_a_form() -> bool:
    return runtime.deployment.id is not None
