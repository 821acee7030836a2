"""What the programme owes its referrers, and how it gets to their accounts. Amounts are whole cents, EUR.

states        the words of ledger, batch and line      reward_table  what n referrals earn together
earning       Q and P, and how each reward stands      entries       an entry and its legs
booking       the entries of a booking as of a day     commission    what a partner earns, and its entries
settling      a line, or left open and why
bank/         what passes between us and the bank, in which characters, and on which days
standing      where one referrer stands on a day     papers         a year's statement, and entries in Dutch
"""
