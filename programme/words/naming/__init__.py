"""Names, and how a mail speaks to its reader.

names        notes in a client's name               first_names  which word of a name is the first name
greetings    the opening of a mail                  people       names of people at the firm, compared
"""
