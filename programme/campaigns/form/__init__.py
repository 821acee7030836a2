"""The form of a campaign, which Prefect's form and the desk's are two faces of.

order       a filled-in form becomes a campaign, or a list of its faults        moments     days and times in it
options, form_words, template_fields    its choices, its labels, and which fields a template uses
faults, text_faults     a fault and its place; what is wrong with the texts
posted_form     the form as fields of a page            copied      the form of one that went
"""
