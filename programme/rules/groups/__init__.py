"""The groups that a client belongs to, by the facts, and what comes of that.

segments    what a client's projects make of him        tiers       his level of the club
offers      what a mail may offer, by tier              progress    how far it is to the next
"""
