"""Mails that a marketer starts by hand.

campaign    what it is and whom it reaches          audiences   which traits its people have, all, any or none
traits      what can be asked of a client           texts       what a marketer writes, as plain words
order       what was filled in becomes a campaign, or its faults
contradictions, audience_words      an audience that nobody can be in; an audience in plain words
options, form_words         the form's choices and labels
"""
