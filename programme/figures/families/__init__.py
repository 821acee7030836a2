"""The formulas, a family each.

rates      k of n, and differences of two rates     nps        the net promoter score
curves     when customers come back                 cohorts    by month and quarter of the first occasion
value      what customers are worth, and types      referrals  how the referral programme does
funnels    what followed a mail, and experiments    losses     from an audience to what came of it
care       how complaints were dealt with
"""
