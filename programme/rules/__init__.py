"""Who gets what today, and why.

anchors     what a touchpoint can count from        due             which occasions are due on a day
conditions  named tests of an occasion              recipient_day   what the rules of one day share
decide      one decision per candidate, with a reason
table       the rules that can stop a mail, in their order
groups/     the client's segment and tier           experiments     who is held out
alike/      of many candidates that are alike one is judged for all
closed_keys which keys the log has closed           left_over       messages of an earlier run, on a later day
simulation  messages of a plan that nobody wrote
"""
