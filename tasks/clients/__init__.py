"""Clients and the facts about them.

selection       who may be due on a day, by SQL         audience    all facts of some recipients
anchor_queries  who has an anchor on some days          pages       everyone, page by page
codes           each client's own code                  lookup      whether a client exists
health          the health of everyone in one pass      tracked_mails  when mails arrived, and who opened them
snapshots       health over time, and who fell a band
handed_over     mails that left on another day than their own
referrals       as their qualification asks about them
plain           of whom nothing special is known        rows        rows as the driver gives them
preferences     what people chose                       surveys     who may get a survey
open_cases      which feedback keeps a case open
"""
