"""The input and output of the programme, one verb per function; plain functions without Prefect.

Core rooms; each may import those before it:

    base        workspace, programme file, locks, pages         mail        templates and rendering
    clients     who may be due, and all known facts of clients  sending     claims, delivery, settling, limits
    providers   SendGrid and the outbox behind one seam         runs        deciding, queueing, the steps of a run
    money       the ledger, and the bank's files

Features import core and never each other:

    importing, inbound, privacy     what comes from the CRM and from people, and what a person can ask of us
    campaigns, care, referrals      mails by hand, complaints and tasks, rewards on their way
    figures, insight, papers        counts, explanations and forecasts, the ledger on paper
    checking, desk, proposals       a mail before it goes, the desk's own, changes of the programme
"""
