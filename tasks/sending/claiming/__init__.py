"""Which messages go in which request, and which of them may not go any more.

queue       what a run claims, and for whom
claims      a claim, and the fence before the wire      windows     the statements that find its messages
letters     the messages of a claim                     holds       those that a backfill holds
prescreen, rechecking   what changed since the plan was made: by SQL for nearly all, by the rules for the rest
"""
