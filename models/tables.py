"""All tables in one place, for migrations and for statements in SQLAlchemy Core.

Code that reads clients or facts uses models.present, which leaves out the rows that the export no longer has. The
tables of a module are made when the first of them is asked for: making all seventy-six took a third of a cold
`bouwclub plan`, which needs half of them.
"""

from importlib import import_module
from typing import Annotated, Any

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

# Each table with its module in models/. A name has no value until somebody imports it.
clients: Annotated[Table, "clients"]
suppressions: Annotated[Table, "clients"]
earlier_recipients: Annotated[Table, "clients"]
erased_addresses: Annotated[Table, "clients"]
client_codes: Annotated[Table, "clients"]
discount_codes: Annotated[Table, "clients"]
projects: Annotated[Table, "facts"]
quotes: Annotated[Table, "facts"]
interactions: Annotated[Table, "facts"]
feedback: Annotated[Table, "facts"]
invoices: Annotated[Table, "facts"]
referrals: Annotated[Table, "facts"]
activity: Annotated[Table, "activity"]
messages: Annotated[Table, "messages"]
message_plans: Annotated[Table, "messages"]
message_states: Annotated[Table, "messages"]
message_variants: Annotated[Table, "messages"]
decisions: Annotated[Table, "decisions"]
other_decisions: Annotated[Table, "decisions"]
campaigns: Annotated[Table, "campaigns"]
campaign_goes: Annotated[Table, "goes"]
campaign_drafts: Annotated[Table, "campaigns"]
saved_audiences: Annotated[Table, "campaigns"]
runs: Annotated[Table, "runs"]
events: Annotated[Table, "events"]
answers: Annotated[Table, "events"]
inbound_mails: Annotated[Table, "inbound"]
consent_history: Annotated[Table, "events"]
sync_cursors: Annotated[Table, "events"]
requests: Annotated[Table, "requests"]
limiter: Annotated[Table, "requests"]
resends: Annotated[Table, "requests"]
signups: Annotated[Table, "referrals"]
referral_visits: Annotated[Table, "referrals"]
page_visits: Annotated[Table, "referrals"]
visitor_keys: Annotated[Table, "referrals"]
form_posts: Annotated[Table, "referrals"]
referral_reviews: Annotated[Table, "referrals"]
referral_links: Annotated[Table, "referrals"]
page_choices: Annotated[Table, "referrals"]
partner_invoices: Annotated[Table, "referrals"]
iban_changes: Annotated[Table, "payees"]
iban_links: Annotated[Table, "payees"]
refused_ibans: Annotated[Table, "payees"]
returned_ibans: Annotated[Table, "payees"]
payout_blocks: Annotated[Table, "payees"]
ledger_entries: Annotated[Table, "ledger"]
ledger_legs: Annotated[Table, "ledger"]
ledger_bookings: Annotated[Table, "ledger"]
adjustments: Annotated[Table, "ledger"]
settlement_batches: Annotated[Table, "settlements"]
settlement_lines: Annotated[Table, "settlements"]
settlement_line_invoices: Annotated[Table, "settlements"]
settlement_left_open: Annotated[Table, "settlements"]
settlement_files: Annotated[Table, "settlements"]
settlement_acts: Annotated[Table, "settlements"]
bank_imports: Annotated[Table, "settlements"]
bank_entries: Annotated[Table, "settlements"]
desk_links: Annotated[Table, "desk"]
desk_sessions: Annotated[Table, "desk"]
left_in_doubt: Annotated[Table, "desk"]
cases: Annotated[Table, "care"]
case_feedback: Annotated[Table, "care"]
case_steps: Annotated[Table, "care"]
case_answers: Annotated[Table, "care"]
ticks: Annotated[Table, "care"]
care_lines: Annotated[Table, "care"]
health_snapshots: Annotated[Table, "care"]
task_invoices: Annotated[Table, "people"]
people_tasks: Annotated[Table, "people"]
task_notes: Annotated[Table, "people"]
acts: Annotated[Table, "people"]
absences: Annotated[Table, "people"]
staff_mails: Annotated[Table, "people"]
call_consents: Annotated[Table, "people"]
closed_reports: Annotated[Table, "figures"]
closed_cells: Annotated[Table, "figures"]
closed_purchases: Annotated[Table, "figures"]
forecasts: Annotated[Table, "forecasts"]
forecast_mails: Annotated[Table, "forecasts"]

ROOMS: dict[str, str] = {name: hint.__metadata__[0] for name, hint in __annotations__.items()}

metadata: MetaData  # of all tables


def __getattr__(name: str) -> Any:
    """A table, or the metadata of all: Python asks here for a name that has no value yet."""
    if name == "metadata":
        for room in {*ROOMS.values()}:
            import_module(f"models.{room}")
        return SQLModel.metadata
    if name not in ROOMS:
        raise AttributeError(f"models.tables has no table {name}")
    own = vars(import_module(f"models.{ROOMS[name]}"))
    table = own[name] if name in own else SQLModel.metadata.tables[name]
    globals()[name] = table
    return table
