"""Figures counted in the database, as of a day.

report    all of them, put together          counting     the temporary tables: people, occasions, customers
families/ one module a family, over those tables
windows   days after a day                   purchases    what was ordered in some days
closed    keeps what a report closed         past_orders  what followed a mail before, to plan an experiment
restated  what of it changed, and why        page         the page as HTML
readers   mails it to those who get it
"""
