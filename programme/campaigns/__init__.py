"""Mails that a marketer starts by hand.

campaign    a campaign, and whom it reaches         audiences   the traits of its clients: all, any or none
traits      the traits that a client can have       texts       the marketer's texts, as plain words
order       a filled-in form becomes a campaign, or a list of its faults            moments   days and times in it
contradictions, audience_words      an audience that nobody can be in; an audience in plain words
stored_audience     an audience as text in a table, and back
options, form_words, template_fields    the form's choices, its labels, and which fields a template uses
names       a campaign's name as its occasion, and as somebody wrote it
faults      a fault and its place       posted_form   the form as fields of a page
copied      the form of one that went
go          what exactly is approved, by whom, and what makes it void    staff_mails   mails to people of the firm
likeness, sorts     who is alike to a campaign, one by one and column by column
text_faults what is wrong with its texts
"""
