"""The tables, and beside each the few plain statements that keep it true.

settings   the environment, read once        database/  engine, bulk rows, clock, column types
clients    clients, suppressions, codes       facts      projects, quotes, interactions, feedback, invoices, referrals
activity   append-only log of what clients did           campaigns  those that marketers started
present    clients and facts as readers take them: without what the export no longer has
messages, decisions, runs   what we did and why
referrals  visits, sign-ups, reviews, links      joining     who a referral became
payees     accounts, refusals, blocks
ledger     entries and legs, adjustments         settlements batches, lines, files, the bank's answers
events     what the provider sent us, answers on our pages, history of consent
requests   every request to a provider, the shared limiter, resends         suppressions  who gets nothing
"""
