"""All tables in one place, for migrations and for statements written in SQLAlchemy Core.

Whoever reads clients or facts takes them from models.present, which leaves out what the export no longer has.
"""

from sqlmodel import SQLModel

from models.activity import ActivityRow
from models.campaigns import CampaignRow
from models.clients import ClientCodeRow, ClientRow, DiscountCodeRow, EarlierRecipientRow, SuppressionRow
from models.decisions import DecisionRow
from models.events import AnswerRow, ConsentHistoryRow, EventRow, SyncCursorRow
from models.facts import FeedbackRow, InteractionRow, InvoiceRow, ProjectRow, QuoteRow, ReferralRow
from models.messages import MessageRow
from models.requests import LimiterRow, RequestRow, ResendRow
from models.runs import RunRow

metadata = SQLModel.metadata
clients = metadata.tables[ClientRow.__tablename__]
suppressions = metadata.tables[SuppressionRow.__tablename__]
earlier_recipients = metadata.tables[EarlierRecipientRow.__tablename__]
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
decisions = metadata.tables[DecisionRow.__tablename__]
campaigns = metadata.tables[CampaignRow.__tablename__]
runs = metadata.tables[RunRow.__tablename__]
events = metadata.tables[EventRow.__tablename__]
answers = metadata.tables[AnswerRow.__tablename__]
consent_history = metadata.tables[ConsentHistoryRow.__tablename__]
sync_cursors = metadata.tables[SyncCursorRow.__tablename__]
requests = metadata.tables[RequestRow.__tablename__]
limiter = metadata.tables[LimiterRow.__tablename__]
resends = metadata.tables[ResendRow.__tablename__]
