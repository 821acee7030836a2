"""What the programme owes its referrers, and how it gets to their accounts. Amounts are whole cents, EUR.

bank        payments and the file of a batch, entries of a statement, rejections: what passes between us and the bank
bank_text   a name or a text in the characters that every bank takes
target      the days on which banks in the euro area settle
"""
