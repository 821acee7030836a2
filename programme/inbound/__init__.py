"""What comes back after a message was sent.

events  of the provider: meaning, effect, whom they suppress  answers  what our mails ask, and what follows
"""
