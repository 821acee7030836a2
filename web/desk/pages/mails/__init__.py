"""The pages about single mails.

letters  /desk/mails      doubtful  /desk/messages      replies  /desk/replies
"""
