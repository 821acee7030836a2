"""The work of people that no step of a case asks for: prompt tasks, the daily look with its digest, scripts, lists.

prompt      what a tick makes at once          daily_look  what a working day makes, ends and tells
signals/    what makes a task                  digest      each owner's mail of the morning
"""
