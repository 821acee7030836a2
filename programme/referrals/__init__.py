"""Clients who bring clients.

qualifying  which referrals can qualify, and by which deliveries
"""
