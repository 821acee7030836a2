"""The pages of the desk, a module each; web/desk/__init__.py says how to add one.

today    /desk and /desk/tasks       tasks   /desk/tasks/{id}        cases   /desk/cases
clients /desk/clients        client_story   what a client got and what not
payouts /desk/payouts        figures /desk/figures        acts    /desk/acts
mails/  single mails         marketing/     campaigns and the calendar
"""
