"""All tables in one place, for migrations and for statements in SQLAlchemy Core.

Code that reads clients or facts uses models.present, which leaves out the rows that the export no longer has.
"""

from sqlmodel import SQLModel

from models.activity import ActivityRow
from models.campaigns import CampaignDraftRow, CampaignRow, SavedAudienceRow
from models.care import CareLineRow, CaseAnswerRow, CaseFeedbackRow, CaseRow, CaseStepRow, HealthSnapshotRow, TickRow
from models.clients import (
    ClientCodeRow,
    ClientRow,
    DiscountCodeRow,
    EarlierRecipientRow,
    ErasedAddressRow,
    SuppressionRow,
)
from models.decisions import DecisionRow
from models.desk import DeskLinkRow, DeskSessionRow, LeftInDoubtRow
from models.events import AnswerRow, ConsentHistoryRow, EventRow, SyncCursorRow
from models.facts import FeedbackRow, InteractionRow, InvoiceRow, ProjectRow, QuoteRow, ReferralRow
from models.figures import ClosedCellRow, ClosedPurchaseRow, ClosedReportRow
from models.forecasts import ForecastMailRow, ForecastRow
from models.goes import CampaignGoRow
from models.inbound import InboundMailRow
from models.ledger import AdjustmentRow, LedgerBookingRow, LedgerEntryRow, LedgerLegRow
from models.messages import MessageRow, MessageVariantRow
from models.messages import message_plans as message_plans
from models.messages import message_states as message_states
from models.payees import IbanChangeRow, IbanLinkRow, PayoutBlockRow, RefusedIbanRow, ReturnedIbanRow
from models.people import (
    AbsenceRow,
    ActRow,
    CallConsentRow,
    PeopleTaskRow,
    StaffMailRow,
    TaskInvoiceRow,
    TaskNoteRow,
)
from models.referrals import (
    FormPostRow,
    PageChoiceRow,
    PageVisitRow,
    PartnerInvoiceRow,
    ReferralLinkRow,
    ReferralReviewRow,
    ReferralVisitRow,
    SignupRow,
    VisitorKeyRow,
)
from models.requests import LimiterRow, RequestRow, ResendRow
from models.runs import RunRow
from models.settlements import (
    BankEntryRow,
    BankImportRow,
    LeftOpenRow,
    LineInvoiceRow,
    SettlementActRow,
    SettlementBatchRow,
    SettlementFileRow,
    SettlementLineRow,
)

metadata = SQLModel.metadata
clients = metadata.tables[ClientRow.__tablename__]
suppressions = metadata.tables[SuppressionRow.__tablename__]
earlier_recipients = metadata.tables[EarlierRecipientRow.__tablename__]
erased_addresses = metadata.tables[ErasedAddressRow.__tablename__]
client_codes = metadata.tables[ClientCodeRow.__tablename__]
discount_codes = metadata.tables[DiscountCodeRow.__tablename__]
projects = metadata.tables[ProjectRow.__tablename__]
quotes = metadata.tables[QuoteRow.__tablename__]
interactions = metadata.tables[InteractionRow.__tablename__]
feedback = metadata.tables[FeedbackRow.__tablename__]
invoices = metadata.tables[InvoiceRow.__tablename__]
referrals = metadata.tables[ReferralRow.__tablename__]
activity = metadata.tables[ActivityRow.__tablename__]
messages = metadata.tables[MessageRow.__tablename__]
message_variants = metadata.tables[MessageVariantRow.__tablename__]
decisions = metadata.tables[DecisionRow.__tablename__]
campaigns = metadata.tables[CampaignRow.__tablename__]
campaign_goes = metadata.tables[CampaignGoRow.__tablename__]
campaign_drafts = metadata.tables[CampaignDraftRow.__tablename__]
saved_audiences = metadata.tables[SavedAudienceRow.__tablename__]
runs = metadata.tables[RunRow.__tablename__]
events = metadata.tables[EventRow.__tablename__]
answers = metadata.tables[AnswerRow.__tablename__]
inbound_mails = metadata.tables[InboundMailRow.__tablename__]
consent_history = metadata.tables[ConsentHistoryRow.__tablename__]
sync_cursors = metadata.tables[SyncCursorRow.__tablename__]
requests = metadata.tables[RequestRow.__tablename__]
limiter = metadata.tables[LimiterRow.__tablename__]
resends = metadata.tables[ResendRow.__tablename__]
signups = metadata.tables[SignupRow.__tablename__]
referral_visits = metadata.tables[ReferralVisitRow.__tablename__]
page_visits = metadata.tables[PageVisitRow.__tablename__]
visitor_keys = metadata.tables[VisitorKeyRow.__tablename__]
form_posts = metadata.tables[FormPostRow.__tablename__]
referral_reviews = metadata.tables[ReferralReviewRow.__tablename__]
referral_links = metadata.tables[ReferralLinkRow.__tablename__]
page_choices = metadata.tables[PageChoiceRow.__tablename__]
partner_invoices = metadata.tables[PartnerInvoiceRow.__tablename__]
iban_changes = metadata.tables[IbanChangeRow.__tablename__]
iban_links = metadata.tables[IbanLinkRow.__tablename__]
refused_ibans = metadata.tables[RefusedIbanRow.__tablename__]
returned_ibans = metadata.tables[ReturnedIbanRow.__tablename__]
payout_blocks = metadata.tables[PayoutBlockRow.__tablename__]
ledger_entries = metadata.tables[LedgerEntryRow.__tablename__]
ledger_legs = metadata.tables[LedgerLegRow.__tablename__]
ledger_bookings = metadata.tables[LedgerBookingRow.__tablename__]
adjustments = metadata.tables[AdjustmentRow.__tablename__]
settlement_batches = metadata.tables[SettlementBatchRow.__tablename__]
settlement_lines = metadata.tables[SettlementLineRow.__tablename__]
settlement_line_invoices = metadata.tables[LineInvoiceRow.__tablename__]
settlement_left_open = metadata.tables[LeftOpenRow.__tablename__]
settlement_files = metadata.tables[SettlementFileRow.__tablename__]
settlement_acts = metadata.tables[SettlementActRow.__tablename__]
bank_imports = metadata.tables[BankImportRow.__tablename__]
bank_entries = metadata.tables[BankEntryRow.__tablename__]
desk_links = metadata.tables[DeskLinkRow.__tablename__]
desk_sessions = metadata.tables[DeskSessionRow.__tablename__]
left_in_doubt = metadata.tables[LeftInDoubtRow.__tablename__]
cases = metadata.tables[CaseRow.__tablename__]
case_feedback = metadata.tables[CaseFeedbackRow.__tablename__]
case_steps = metadata.tables[CaseStepRow.__tablename__]
case_answers = metadata.tables[CaseAnswerRow.__tablename__]
ticks = metadata.tables[TickRow.__tablename__]
care_lines = metadata.tables[CareLineRow.__tablename__]
health_snapshots = metadata.tables[HealthSnapshotRow.__tablename__]
task_invoices = metadata.tables[TaskInvoiceRow.__tablename__]
people_tasks = metadata.tables[PeopleTaskRow.__tablename__]
task_notes = metadata.tables[TaskNoteRow.__tablename__]
acts = metadata.tables[ActRow.__tablename__]
absences = metadata.tables[AbsenceRow.__tablename__]
staff_mails = metadata.tables[StaffMailRow.__tablename__]
call_consents = metadata.tables[CallConsentRow.__tablename__]
closed_reports = metadata.tables[ClosedReportRow.__tablename__]
closed_cells = metadata.tables[ClosedCellRow.__tablename__]
closed_purchases = metadata.tables[ClosedPurchaseRow.__tablename__]
forecasts = metadata.tables[ForecastRow.__tablename__]
forecast_mails = metadata.tables[ForecastMailRow.__tablename__]
