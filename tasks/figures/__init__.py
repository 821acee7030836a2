"""Figures counted in the database, as of a day.

referrals  how the referral programme does
"""
