"""A complaint as a case.

case        the case and its steps                  complaints  what a new complaint does
following   what a tick finds to do for one         clock       office hours and deadlines
owners      who has a case: levels, and who is there
"""
