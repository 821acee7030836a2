"""The work of people that no step of a case asks for: prompt tasks, the daily look with its digest, scripts, lists.

prompt      what a tick makes at once          daily_look  what a working day makes, ends and tells
signals/    what makes a task                  digest      each owner's mail of the morning
listing     tasks as desk and commands show them   staff_mails   written with their cause, sent after it
scripts, script_facts   what to say, and the facts in it   engineers   whom a task asks first
files       tasks for a spreadsheet or a calendar
"""
