"""Money on its way: the ledger and the bank.

bank/       the bank's files: payments written, statements and rejections read
"""
