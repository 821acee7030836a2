"""What clients and their friends open.

unsubscribe /u/…       preferences /voorkeuren/…               answers  /a/…
invitation  /ref/…     own_page    /mijn/…                     account  /mijn/rekening/…
pictures    the card of a link and its QR code                 mailing   mails that a page asks for
statements  /mijn/…/jaaroverzicht-….pdf
"""
