"""The tables, and beside each the few plain statements that keep it true.

settings   the environment, read once        database   engine, transactions, upgrade
clients    clients, suppressions, codes       facts      projects, quotes, interactions, feedback, invoices, referrals
activity   append-only log of what clients did           campaigns  those that marketers started
messages, decisions, runs   what we did and why
events     what the provider told us, answers on our pages, history of consent
requests   every request to a provider, the shared limiter, resends        clock      the database's own clock
columns    the types they share               bulk       many rows in one statement, on both databases
"""
