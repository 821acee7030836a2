"""Mails that a marketer starts by hand.

campaign    a campaign, and whom it reaches                     audience/   the traits of its clients
texts       the marketer's texts, as plain words                form/       a filled-in form becomes a campaign
names       a campaign's name as its occasion, and as somebody wrote it
go          what exactly is approved, by whom, and what makes it void
likeness, sorts     who is alike to a campaign, one by one and column by column
staff_mails mails to people of the firm
"""
