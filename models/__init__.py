"""The tables, and next to each the few plain statements that keep it consistent.

settings   the environment, read once        database/  engine, bulk rows, clock, column types
clients    clients, suppressions, codes       facts      projects, quotes, interactions, feedback, invoices, referrals
activity   append-only log of what clients did           campaigns  campaigns, drafts, saved audiences
forecasts  what goes out in the days to come, worked out beforehand
present    clients and facts for readers: without the rows that the export no longer has
messages, decisions, runs   what we did and why
referrals  visits, sign-ups, reviews, links      joining     who a referral became
payees     accounts, refusals, blocks
ledger     entries and legs, adjustments         settlements batches, lines, files, the bank's answers
events     events of the provider, answers on our pages, history of consent
care       cases, their steps, the ticks, health snapshots        people  tasks, notes, acts, absences, consent to call
goes       the go for a campaign
requests   every request to a provider, the shared limiter, resends         suppressions  addresses that get no mail
desk       sessions and links of the desk            inbound    mail that comes in
figures    figures that a report closed              erased     addresses of erased persons, as keyed hashes
secrecy    secrets taken out of what leaves the process
"""
