"""What comes back after a message was sent.

events  of the provider: meaning, effect, whom they suppress  answers  what our mails ask, and what follows
incoming, replies   a mail that came in, and what it is     forwards        the mail that passes it on
preferences   the preference page                           question_words, event_words  as colleagues read them
"""
