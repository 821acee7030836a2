"""Figures counted in the database, as of a day: one module a family, over the tables of `counting`.

report    all of them, put together          counting     the temporary tables: people, occasions, customers
steering  the eight of the page              cohorts      cohorts, their cells and trends, and the curves
worth     value, types, RFM                  deliveries   how far the mails got
mails     what followed them, why others did not go         mail_results   the mails without the rest
windows   days after a day                   experiments  who ordered, of those with the mail and without
care      cases and deadlines                loyalty      the index of the survey
referrals how the referral programme does    closed       keeps what a report closed
restated  what of it changed, and why        page         the page as HTML
readers   mails it to those who get it       past_orders  what followed a mail before, to plan an experiment
"""
