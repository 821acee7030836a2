"""Webhooks of the provider: events in, their signature, and working them out right after the answer; mail in.

events, payloads, signature, applying      inbound, mailroom   mail that comes in, and passing it on
"""
