"""Accounts at banks.

ibans  what is an IBAN          sepa  where one can be paid
"""
