"""What passes between us and the bank.

payments  the file of a batch, entries of a statement, rejections
texts     a name or a text in the characters that every bank takes
target    the days on which banks in the euro area settle
"""
