"""A message on its way out.

state_changes   which status may follow which, and through what
brakes          what stops a run
report          what a run did, in numbers that add up
"""
