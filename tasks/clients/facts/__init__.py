"""What the rules must know of some recipients.

audience     all of it, client by client            plain          of whom nothing special is known, as rows
rows         rows as the driver gives them          handed_over    mails that left on another day than their own
preferences  what people chose                      tracked_mails  when mails arrived, and who opened them
open_cases   which feedback keeps a case open       referrals      as their qualification asks about them
"""
