"""What a marketer proposes to change: from the fields of a form to a file that an engineer reviews.

changes    single values of the programme file that become others          knobs      the fields, their help and values
sentences  the words of a mail's template that can be said otherwise       proposal   one proposal, and how it stands
typed      what was typed, as a value
tables     a proposal as the tables of its file, and back
"""
