"""Rewards and commissions on their way to an account, and what people decide about referrals.

settlement  prepare a batch, or find the prepared one     batches     read a batch with its lines
deciding    approve, export, withdraw, reject             statements  what the bank answered
reviewing   review, block, unblock, link                  adjusting   amounts of two people
partners    commissions and invoices                      standing    where one client stands
links/      what a shared link brings                     own_page/   what a client sees and gives on the own page
mails/      what follows from bookings, settlements and the bank
"""
