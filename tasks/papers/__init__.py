"""The ledger on paper: for a referrer, for the bookkeeper.

postings    entries with their legs, as they were written     statement  the year of one referrer
sheet, pdf  a statement as HTML, and as PDF                   lists      amounts paid in a year, and the journal, as CSV
"""
