"""Senders killed at every point, a provider that fails in every way: is a mail ever sent twice, or lost?

senders    real sender processes, forked from one that has everything loaded
seeded     faults put into the algorithm, which the harness must catch
harness    one cell: a database, a batch size, kills, a storm; and the verdict by the stand-in's own log
crashes    PostgreSQL that crashes right after a commit
__main__   the long run, make torture
"""
