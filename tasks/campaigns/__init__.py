"""Mails that marketers start by hand.

checks      may it start        register    the stored campaigns        audience    who can be in it, by SQL
mails       previews, the test mail          steps      the steps of its run
results     for whom they were, and who got them        drafts      those that somebody is writing
composing/  how many people, saved audiences, copies: what the desk needs while one is written
stopping    for good                        alike/      of those who are alike one is judged and composed
goes/       the go: asked, answered, kept to
"""
