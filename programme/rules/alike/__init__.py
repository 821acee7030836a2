"""Who is alike to the rules, so that one is judged for all.

likeness, project_likeness      one candidate at a time
day_sorts                       the mail of a season, column by column
"""
