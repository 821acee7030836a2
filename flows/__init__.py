"""The stories: one file for each journey, told with the steps of tasks/.

day, period   the story of one run and of a range of days, without Prefect; commands and flows hand in the steps
day_tasks     those steps as Prefect tasks
daily      who reached a moment worth a message today, and what they get
win_back   who has been quiet for half a year; after daily
backfill   the runs of past days, planned, logged or sent
campaign   what a marketer writes, to whom and when; campaign_withdrawal stops what has not gone yet
forecast, what_if   which mails are coming, and who would gain or lose one
deliver    a day's delivery, and the workers that help          upkeep, housekeeping   what runs by itself in between
campaign_steps, campaign_go   its steps, and how it comes by its go
campaign_deferred, following   who had to wait, as a flow and as a story
care, caring   a tick, each quarter of an hour, as a flow and as a story
drill, drill_events, drill_facts, drill_mails   events played over the ticks of care
rewards, referral_settlement, payouts   what was earned, each morning; the payouts of a month; the story of both
report, figures   the figures of the week, as a flow and as a story
secrecy    Prefect's decorators, without secrets
ui/        what people see in the Prefect UI: forms and artifacts
"""
