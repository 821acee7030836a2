"""Clients and what is known of them.

selection   who may be due on a day, by SQL         audience    all facts of some recipients
pages       everyone, page by page                  codes       each client's own code
referrals   as their qualification asks about them
lookup      whether a client is there               health      how clients are doing
"""
