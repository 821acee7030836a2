"""The runs of a day.

planning, queueing      decide; keep the decisions and the messages they make
day, steps              what a run is asked; its steps, each safe to run twice
refusals, holds         days that may not be sent; what a backfill keeps from other runs
left_over, judging_again   what earlier runs left planned: taken up or ended; what holds of it by the facts of the day
brakes, concurrency     far more than usual; two runs that plan at once
direct                  mails that a room makes outside the table
backfill, register      the runs of past days; the record of runs
workers, backlog        a delivery that several processes share; what waits for upkeep
"""
