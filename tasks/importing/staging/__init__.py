"""From rows to the tables of clients and facts.

stage       the rows of a file in temporary tables      judge       those against the stored ones
load        the stage to the tables, an upsert by id    lacking     rows that the export no longer has
activity    the append-only log of what clients did     consents    the proof of consents, when they are news
parts       short writes that let others write
"""
