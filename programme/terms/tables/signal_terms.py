"""What the programme file says about tasks for people: [signals.<kind>], one table for each kind but those of cases."""

from typing import Annotated

from pydantic import Field

from programme.terms.tables.parts import Cents, OffsetText, Part
from programme.words.dates import Offset
from programme.words.states import Level, Purpose

DueDays = Annotated[int, Field(ge=1, le=60)]  # working days
Days = Annotated[int, Field(ge=1, le=3650)]  # calendar days


class SignalTerms(Part):
    """What every kind says: its purpose, whom it asks first, and by when."""

    purpose: Purpose = Purpose.SERVICE
    level: Level = Level.ENGINEER
    due_days: DueDays = 1


class OfManager(SignalTerms):
    """A kind that asks a manager."""

    level: Level = Level.MANAGER


class Handover(OfManager):
    """A client hands over to somebody else: an inbound interaction with one of these topics."""

    handover_topics: tuple[str, ...] = ("overdracht",)


class DailySignal(SignalTerms):
    """A kind of the daily look; `within_days`: its fact lies on the day itself or at most so many days before."""

    within_days: Days = 30


class ManyContacts(DailySignal):
    """More inbound interactions of a recipient than `more_than` within `within_days` days, the day itself included."""

    more_than: Annotated[int, Field(ge=1, le=1000)] = 5


class OverdueInvoice(DailySignal):
    """An invoice of a client of a tier that rule 7 names, unpaid so long after it was due."""

    level: Level = Level.MANAGER
    due_days: DueDays = 3
    overdue_after: OffsetText = Offset(days=7)


class BuildCheck(DailySignal):
    """A call beside the mail of touchpoint `build_check`."""

    due_days: DueDays = 5
    value_above_cents: Cents = 200_000


class OfMarketing(DailySignal):
    """A kind for which the rules of marketing hold; open for `expires_days` at most."""

    purpose: Purpose = Purpose.MARKETING
    due_days: DueDays = 5
    expires_days: Days = 30


class ExitCall(OfMarketing):
    """A quote that was rejected and nothing ordered since."""

    due_days: DueDays = 3
    value_from_cents: Cents = 200_000


class ChannelChange(OfMarketing):
    """Mails that nobody opens; `pause_days`: none again while one was made in so many days, the day included."""

    pause_days: Days = 180


class Signals(Part):
    """Every kind of task that is not a step of a case."""

    contact_asked: SignalTerms = SignalTerms()
    reply: SignalTerms = SignalTerms()
    lead: OfManager = OfManager()
    look: OfManager = OfManager()
    handover: Handover = Handover()
    many_contacts: ManyContacts = ManyContacts()
    overdue_invoice: OverdueInvoice = OverdueInvoice()
    build_check: BuildCheck = BuildCheck()
    exit_call: ExitCall = ExitCall()
    channel_change: ChannelChange = ChannelChange()
    win_back_call: OfMarketing = OfMarketing()
