"""The outbox: a folder with one .eml per message. Nothing leaves the machine.

messenger   delivery into it        files   the mails and their pages       pages   the pages, from the log
"""

NAME = "outbox"  # as in BOUWCLUB_DELIVERY and in the request log
IS_REPEATABLE = True  # the same mail is written to the same file
