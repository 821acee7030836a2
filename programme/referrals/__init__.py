"""Clients who bring clients.

qualifying  which referrals qualify, by which deliveries, on which days        states  verdicts and flags
"""
