"""What the person who picks up the phone needs: why, how to open, what to ask, offer, avoid, and how to end.

script   the parts of a script, and what it is about     cases      complaints, from the first call to the month after
service  questions, replies, invoices, the build         marketing  calls that need consent, and their letters
choosing the script of a task, by kind and channel         own_words  what the firm says in the place of ours
"""
