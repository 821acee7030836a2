"""What comes back after a mail: events and suppressions of the provider, answers and wishes of clients.

events, suppressions   of the provider           answers       of our pages
journal      wishes that the database could not take yet
day_summary  the counts of a day
preferences  of the preference page              own_faults    drops that our account or content caused
replies/     mail that comes in
"""
