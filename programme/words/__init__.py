"""Words with one meaning each, and how they are written.

states      the closed sets of the database, the files and the rules
dates       calendar arithmetic, its inverse            numerals    numbers for Dutch readers
wording     Dutch for days, amounts, project types      plain_text  client text that a mail can carry
addresses   what counts as an e-mail address            tokens      ids, codes and link tokens
urls        what is wrong with one                      colours     how well one can be read on another
public_holidays     of a country, with their names
naming/     people's names, and how a mail speaks to its reader
banking/    what is an IBAN, and where one can be paid
"""
