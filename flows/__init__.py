"""The stories: one file for each journey, told with the steps of tasks/days.py as Prefect tasks.

daily      who reached a moment worth a message today, and what they get
win_back   who has been quiet for half a year; after daily
backfill   the runs of past days, planned, logged or sent
what_if, forecast  who would gain or lose a mail, and which are coming; outlook is what they leave in the UI
campaign   what a marketer writes, to whom and when, from a form (campaign_form) to what it leaves (campaign_artifacts)
campaign_withdrawal  stops what has not gone yet
artifacts  the table of a run that a marketer reads in the Prefect UI
"""
