"""Small pictures as SVG.

charts      what is to come         referral_chart      the sign-ups of each month      drawing     their pieces
"""
