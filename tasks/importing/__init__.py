"""The CRM export: a folder of CSV files, taken over by id (contract section 1).

folder      import_folder: the whole folder in one transaction, and its report
sheets      which columns each file has and what is asked of them
files       bytes to lines to records, whatever the encoding and however broken the quotes
cells       one cell to one value, strictly
frames      a block of records to rows for the database, column by column
load        staged rows to the tables: references, duplicates, upsert
activity    the append-only log of what clients did, brought in line with the facts
report      counts, faults, rejected.csv
"""
