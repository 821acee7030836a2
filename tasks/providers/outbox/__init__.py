"""The outbox: a folder with one .eml a message. Nothing leaves the machine.

messenger   delivery into it        files   the mails and their pages       pages   made anew from the log
"""
