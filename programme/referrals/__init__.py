"""Clients who bring clients.

qualifying  which referrals qualify, by which deliveries, on which days        states  verdicts and flags
sign_up     the form behind a link, ids and vouchers                           flags   what a person looks at first
visitors    who counts as a visit                                              happenings  what the own page tells
mails       about rewards, with no friend's name                               sharing  what a client sends himself
"""
