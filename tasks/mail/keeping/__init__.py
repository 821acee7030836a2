"""Compiled mails that stay on disk, so that the next process need not compile them again.

files   the templates as one process read them, and the fingerprint of all that shapes a mail
store   the file with the compiled mails of each fingerprint
"""
