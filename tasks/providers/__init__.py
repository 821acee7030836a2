"""The providers, each in its own folder behind the interface of tasks/sending/messenger.py.

configured  the provider that the settings name     sendgrid/, outbox/
"""
