"""The content of a mail for one recipient.

variables   which blocks appear and the recipient's own values      links     the links that a mail carries
subject     what the mail is about                                  together  projects that one mail names
likeness    whose mails differ in the recipient's own words alone   project_words  what a mail says of its one project
appointment an event, for a client's calendar
"""
