"""One verb of input and output each, as plain functions that know nothing of Prefect.

    audience, selection   who may be due today, and all that is known of them
    planning, queueing    decide; keep the decisions and the messages to send
    programme             the programme file         importing   the CRM export
    templates, render     what a mail looks like     eml, outbox, delivery   how it leaves
"""
