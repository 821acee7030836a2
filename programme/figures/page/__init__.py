"""The page of figures: what a reader sees, worked out from the report; the template only writes it down.

page       the whole of it, and the sentence at its head     words      how each of the eight is named and told
cards      the eight: light, number, sentence                axes       an interval on its scale, as a picture
levers     what changed, and what can be done about it       curve      how fast customers come back
cohorts    groups by quarter and month                       customers  types, and recency, number and sum
mails      what followed the mails, who did not get one      trials     experiments, in one sentence each
pairs      short lists: value, referrals, care, restated
"""
