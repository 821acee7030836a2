"""The pages of the desk, a module each; web/desk/__init__.py says how to add one.

clients /desk/clients        client_story   what a client got and what not        letters /desk/mails
doubtful /desk/messages      payouts /desk/payouts      campaigns /desk/campaigns
figures /desk/figures        acts /desk/acts
"""
