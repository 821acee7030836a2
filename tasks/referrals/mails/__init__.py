"""The mails about money that follow from bookings, settlements and the bank.

earned     after a referral's first qualify       paid       after a line was paid
accounts   where the account is missing           approvers  of a batch that waits for them
sending    make all of them, and send them
"""
