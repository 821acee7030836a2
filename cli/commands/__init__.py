"""One file for each command; a module is loaded only when its command is called.

run, backfill       a day, and the runs of past days
plan, diff          what would be sent, also by another programme
decisions, explain, preview     what became of whom, one client's story, one mail
mail_calendar, experiment       what is to come, and what a test of two could show
messages, reconcile, resend, suppressions       the log, what is in doubt, who gets nothing
mail, check         a mail, and the way mail is sent, before it goes
crm_import, programme, proposal, privacy        what is fed in, and a person's rights
cases, people_tasks, people, drill              complaints, and the work of people
health, surveys, report         how clients and the business are doing
rewards, referral, referrals, partner, settlement, ledger, ledger_papers        money
demo, desk, web     trying it out, and serving it
"""
