"""A message on its way out.

state_changes   which status may follow which, what an answer of the provider means, and the brakes
report          what a run did, in numbers that add up
"""
