"""The database itself, the same on SQLite and PostgreSQL.

engine   engine, transactions, upgrade        bulk     many rows in one statement
clock    the database's own clock             columns  the types that tables share
each_of  the values of a parameter of SQLite  arrays   those of one of PostgreSQL
erasure  what is deleted is gone from the files
"""
