"""The input and output of the programme, one verb per function; plain functions without Prefect.

Core rooms; each may import those before it:

    base        workspace, programme file, checkpoints, spreadsheets      mail       templates and rendering
    clients  who may be due, and all known facts of clients  sending  claims, delivery, settling, limits
    providers  SendGrid and the outbox behind one seam  runs  planning, queueing, the steps of a run
    money  the ledger, and the bank's files

Features import core and never each other: importing, campaigns, inbound, insight.
"""
