"""The tables of the programme file, each typed and frozen; schema puts them together.

touchpoint_terms, condition_kinds, campaign_terms       mails that go by themselves, their conditions, mails by hand
payout_terms, care_terms, signal_terms      rewards and people; complaints; tasks for people
figure_terms, import_terms, retention_terms figures, the export, how long data are kept
parts       what several of them share
"""
