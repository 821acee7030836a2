"""From a day to its decisions, and to the messages that they make.

planning, queueing      decide; store the decisions and the messages
chunks, ahead           a part of a plan between the two; the next is made while one is written
alike, composing        clients who stay rows: of each sort one is judged, and of each mail one composed, for all
concurrency             two runs that plan at once
decided, discounts      decisions that stand on their messages; the discounts that those give
"""
