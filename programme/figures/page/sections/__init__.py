"""The parts of the page below the eight.

curve      how fast customers come back             cohorts    groups by quarter and month
customers  types, and recency, number and sum       mails      what followed the mails, who did not get one
trials     experiments, in one sentence each        pairs      short lists: value, referrals, care, restated
"""
