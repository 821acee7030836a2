"""The runs of a day.

deciding/               decide; store the decisions and the messages they make
day, steps              the parameters of a run; its steps, each safe to run twice
refusals, holds         days that may not be sent; messages that a backfill holds
taking_up/              messages that earlier runs left planned: taken up or ended, judged by the facts of the day
brakes                  far more than usual
outside/                mails that a room makes outside the table; one to somebody at the firm
backfill, register      the runs of past days; the record of runs
workers, backlog        a delivery that several processes share; what waits for upkeep
"""
