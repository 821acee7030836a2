"""Looks at a mail, and at the way mail is sent, before it goes to anybody.

mail      one verdict on a mail      samples   made-up clients who would get it      tools   spelling and spam score
sending   SPF, DKIM, DMARC and the webhook
"""
