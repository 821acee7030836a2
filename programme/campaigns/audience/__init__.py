"""Whom a campaign is for.

traits          the traits that a client can have           audiences       all, any or none of them
contradictions  an audience that nobody can be in           audience_words  one in plain words
stored_audience one as text in a table, and back
"""
