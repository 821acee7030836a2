"""From the bytes of a file to rows for the database; nothing is stored here.

places      the folder, listed once
files       bytes to lines to records, whatever the encoding and however broken the quotes
cells       one cell to one value, strictly
sheets      the columns of each file and their requirements         columns     what such a column is
frames      a block of records to rows for the database, column by column
sense       what the cells of one row say together, and what stands in for what cannot be read
template    the files with headings alone
"""
