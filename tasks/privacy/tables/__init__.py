"""What each table holds of a person.

belongings   the shape of it, and the conditions of whose a row is      registry   all tables together
facts, mailing, care, referring, books                                  the tables, by what they are about
"""
