"""Ways of delivering, each in a folder of its own behind the seam of tasks/sending/messenger.py.

configured  the one that the settings name          sendgrid/, outbox/
"""
