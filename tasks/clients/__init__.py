"""Clients and the facts about them.

selection       who may be due on a day, by SQL         anchor_queries  who has an anchor on some days
facts/          what the rules must know of some        pages           everyone, page by page
codes           each client's own code                  lookup          whether a client exists
health          the health of everyone in one pass      snapshots       health over time, and who fell a band
surveys         who may get a survey
"""
