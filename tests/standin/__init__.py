"""A small SendGrid of our own, on a real port: strict about requests, a log of what it took, faulty on demand.

checks    is this a request that SendGrid would take          server    the HTTP server; python -m tests.standin
faults    the ways in which a provider fails                  mailbox   the log of accepted mails, and what arrives
lookup    Email Logs and Email Activity                       events    signed events, sent to a webhook
"""
