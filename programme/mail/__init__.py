"""What a mail says to whom.

variables   which blocks appear and the recipient's own values      links     the links that a mail carries
"""
