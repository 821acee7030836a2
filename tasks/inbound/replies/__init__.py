"""Mail that comes in: kept once, of whom it is, and passed on to a person.

mailbox     what is known of our own addresses        whose       the client that a mail is of
storing     one mail into the database                spool       what the database could not take yet
forwarding  to the engineer, or the team              unknown     mail from nobody we know, for the desk
working_off what a crash or a fault left
"""
