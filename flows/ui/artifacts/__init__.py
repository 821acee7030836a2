"""What runs leave behind in the Prefect UI.

day, campaign, forecast        of a day, a campaign, a look ahead
payout, referral, report       of money, referrals, the figures of a week
exchange                       of the suppression lists, with the provider
"""
