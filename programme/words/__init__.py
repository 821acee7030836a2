"""Words with one meaning each, and how they are written.

states  the closed sets of the database, the files and the rules  dates  calendar arithmetic, its inverse
wording  Dutch for days, amounts, project types and decisions  plain_text client text that a mail can carry
addresses   what counts as an e-mail address, and as whose                  tokens     ids, codes and link tokens
names       notes in a client's name                colours     how well one colour can be read on another
first_names, greetings   how a mail speaks to its reader      people     names of people at the firm, compared
numerals    numbers for Dutch readers              urls        what is wrong with one
ibans, sepa what is an IBAN, and where one can be paid
"""
