"""Clients and what is known of them.

selection       who may be due on a day, by SQL         audience    all facts of some recipients
anchor_queries  who has an anchor on some days          pages       everyone, page by page
codes           each client's own code                  lookup      whether a client is there
health          how clients are doing           handed_over  mails that left on another day than theirs
referrals       as their qualification asks about them
"""
