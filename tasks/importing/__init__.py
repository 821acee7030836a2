"""The CRM export: a folder of CSV files, taken over by id (contract section 1).

folder      import_folder: reads and judges the whole folder, then writes it, and its report
sheets      which columns each file has and what is asked of them          columns  what such a column is
sense       what the cells of one row say together, and what stands in for what cannot be read
template    the files with headings alone
files       bytes to lines to records, whatever the encoding and however broken the quotes
cells       one cell to one value, strictly
frames      a block of records to rows for the database, column by column
stage       those rows in temporary tables           judge    against what is stored: references, duplicates
lacking     what the export no longer has            load     the stage to the tables, an upsert by id
parts       writing so that others can write beside it        alone    one import at a time
activity    the append-only log of what clients did, brought in line with the facts
shared      addresses of many clients                report   counts, faults, rejected.csv
"""
