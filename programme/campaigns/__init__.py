"""Mails that a marketer starts by hand.

campaign    what it is and whom it reaches          audiences   the traits of an audience
order  what was filled in becomes a campaign, or its faults  options, form_words  the form's choices and labels
texts       what a marketer writes, as plain words
"""
