"""Who gets what today, and why.

anchors     what a touchpoint can count from                due            which occasions are due on a day
conditions  named tests of an occasion
decide      one decision per candidate, with a reason       recipient_day  what the rules of one day share
segments, tiers, offers     of the client, from the facts   experiments    who is held out
likeness, project_likeness  of many candidates that are alike one is judged for all
day_sorts   the same for the mail of a season, column by column
simulation  messages of a plan that nobody wrote            progress       how far it is to the next tier
closed_keys which keys the log has closed           left_over      messages of an earlier run, on a later day
table       the rules that can stop a mail, in their order
"""
