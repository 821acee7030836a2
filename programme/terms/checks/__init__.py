"""What the types of the programme file cannot say; check asks all of it, and each of the others is of one part.

check       all faults of a file at once        brand       the firm: colours, names, addresses
campaigns   mails by hand                       payouts     rewards, account, people who decide
promises    mails promise only what is there    tables      segments, tiers, caps, seasons, health
care        when the office is open             project_types   types of projects, and where they are named
"""
