"""What the desk needs while a campaign is being written.

reach       how many people it would reach, counted while somebody watches
saved_audiences     audiences under a name          copying     an earlier campaign as the form of a new one
"""
