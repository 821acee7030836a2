"""The database itself, the same on SQLite and PostgreSQL.

engine   engine, transactions, upgrade        bulk     many rows in one statement
given    conditions on many values            clock    the database's own clock
columns  the types that tables share          erasure  what is deleted is gone from the files
server   what a server must have been set to             refusals what to do when it refuses
sessions what each session of PostgreSQL is set to       rows     the base of the tables' classes
"""
