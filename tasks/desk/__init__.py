"""What the desk reads and writes itself; what its buttons do to clients, cases and mails lives in those rooms.

sessions   login links and who is logged in        login_mail   the mail that carries a link
search     clients by name, address, number        doubtful     messages in doubt, sent again or left to rest
"""
