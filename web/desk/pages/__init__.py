"""The pages of the desk, a module each; web/desk/__init__.py says how to add one.

today    /desk and /desk/tasks       tasks   /desk/tasks/{id}        cases   /desk/cases
clients /desk/clients        client_story   what a client got and what not        letters /desk/mails
doubtful /desk/messages      payouts /desk/payouts      replies /desk/replies
figures /desk/figures        acts /desk/acts        marketing/   campaigns and the calendar
"""
