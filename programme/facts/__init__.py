"""What we know about a client: plain rows, and what follows from their dates.

records     immutable rows of the CRM and of our log       projects   the status of a project on a day
known       what was known on an earlier day
"""
