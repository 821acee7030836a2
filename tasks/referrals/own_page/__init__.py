"""What a client's own page shows, and what is given there.

page        all that it shows      happenings  the ten latest           partner_page  commissions and invoices
accounts    an account, checked    iban_links  the link that is mailed  iban_mails    its mails
"""
