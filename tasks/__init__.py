"""One verb of input and output each, as plain functions that know nothing of Prefect.

audience, selection   who may be due today, and all that is known of them
planning, queueing    decide; keep the decisions and the messages to send
programme             the programme file         importing   the CRM export
templates, render     what a mail looks like     eml, outbox, delivery   how it leaves
campaigning, campaign_*   mails that marketers start by hand; mail_pictures   how one looks, as an image
everyone, whatif, forecasting, charts   everyone over many days: what if, what is coming, and its pictures
spreadsheets          CSV whose cells are never formulas
"""
