"""Money on its way: the ledger and the bank.

bank/       the bank's files: payments written, statements and rejections read
booking     brings the balances to what a day's facts earn       payees      to whom they are paid
qualified, rewards       who is qualified, and every reward as of a day
check, check_batches, laws       proves the ledger and the batches, law by law
"""
