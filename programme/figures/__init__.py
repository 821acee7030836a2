"""Figures that the business steers by: every formula, pure, and the report that holds them all.

report       all figures of a day, and their JSON    lights       the eight of the page, with target and light
rates        k of n, and differences of two rates    nps          the net promoter score
curves       when customers come back                cohorts      by month and quarter of the first occasion
value        what customers are worth, and types     calculators  what keeping clients is worth
funnels      what followed a mail, and experiments   referrals    how the referral programme does
care         how complaints were dealt with          restated     what of a closed figure changed, and why
planning     what an experiment could show           losses       from an audience to what came of it
staff_mails  the mail to those who get the figures
page/        what a reader sees of all this, in Dutch
"""
