"""The life of a message while it is sent.

state_changes   which status may follow which, and for what cause
brakes          what stops a run
report          the counts of a run, which add up
"""
