"""Webhooks of the provider: events in, their signature, and working them out right after the answer."""
