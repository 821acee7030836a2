"""The import of the CRM export: a folder of CSV files, taken over by id (contract section 1).

folder      import_folder: reads and judges the whole folder, then writes it, and its report
sheets      the columns of each file and their requirements                columns  what such a column is
sense       what the cells of one row say together, and what stands in for what cannot be read
template    the files with headings alone
files       bytes to lines to records, whatever the encoding and however broken the quotes
cells       one cell to one value, strictly
frames      a block of records to rows for the database, column by column
stage       those rows in temporary tables           judge    rows against the stored ones: references, duplicates
lacking     rows that the export no longer has       load     the stage to the tables, an upsert by id
parts       short writes that let others write       alone    one import at a time
activity    updates the append-only log of what clients did
shared      addresses of many clients                report   counts, faults, rejected.csv
accounts, consents   what an export may say of an account and of consent
erased, forgotten    who and what an export does not bring back
"""
