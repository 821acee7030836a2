"""Mails that marketers start by hand.

checks      may it start        register    what is kept of each        audience    who can be in it, by SQL
mails       previews, the test mail          steps      the steps of its run
"""
