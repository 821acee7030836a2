"""Figures counted in the database, as of a day.

report    all of them together                       counting     the temporary tables that all are counted from
steering  what the eight are made of                 worth        value, types, recency, number and sum
cohorts   groups by first order, and their curves    mails        what followed the mails
experiments  treated against held out                past_orders  what followed a mail before, to plan an experiment
windows   the days in which an order counts          referrals    how the referral programme does
closed    keeps what a report closed                 restated     what of it changed since, and why
page      the page in HTML                           readers      mails the figures to those who get them
"""
