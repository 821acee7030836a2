"""Figures that the business steers by: every formula, pure, and the report that holds them all.

report       all figures of a day, and their JSON    lights       the eight of the page, with target and light
families/    the formulas, a family each             restated     what of a closed figure changed, and why
calculators  what keeping clients is worth           planning     what an experiment could show
staff_mails  the mail to those who get the figures
page/        what a reader sees of all this, in Dutch
"""
