"""The content of a mail for one recipient.

variables   which blocks appear and the recipient's own values      links     the links that a mail carries
subject     what the mail is about                                  together  projects that one mail names
"""
