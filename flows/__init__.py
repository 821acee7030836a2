"""The stories: one file for each journey, told with the steps of tasks/.

day, period   the story of one run and of a range of days, without Prefect; commands and flows hand in the steps
day_tasks     those steps as Prefect tasks
daily      who reached a moment worth a message today, and what they get
win_back   who has been quiet for half a year; after daily
backfill   the runs of past days, planned, logged or sent
campaign   what a marketer writes, to whom and when; campaign_withdrawal stops what has not gone yet
forecast, what_if   which mails are coming, and who would gain or lose one
deliver    a day's delivery, and the workers that help          upkeep, housekeeping   what runs by itself in between
ui/        what people see in the Prefect UI: forms and artifacts
"""
