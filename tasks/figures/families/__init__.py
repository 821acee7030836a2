"""The families of figures.

steering  the eight of the page              cohorts      cohorts, their cells and trends, and the curves
worth     value, types, RFM                  deliveries   how far the mails got
mails     what followed them, why others did not go         mail_results   the mails without the rest
care      cases and deadlines                experiments  who ordered, of those with the mail and without
loyalty   the index of the survey            referrals    how the referral programme does
"""
