"""Mails that no touchpoint of the table makes.

direct   those that a room makes for a client       to_staff  one to somebody at the firm
"""
