"""Care: complaints become cases with a clock, and what only a person can do becomes a task.

tick        one tick, steps (1) to (6); everything of care hangs on it
cases/      what a tick does with cases, (1) to (4), and their store
acting/     what people do: with tasks and cases, and who is away
owners      who has a level now, and the tick's facts   telling     lines that acts write and ticks tell
listing     cases as `cases` prints them                long_open   the first look of a week
promise     what a page promises after a low score
people/     tasks that no step of a case asks for: step (5), and the daily look with its digest, (6)
"""
