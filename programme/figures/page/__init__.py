"""The page of figures: what a reader sees, worked out from the report; the template only writes it down.

page       the whole of it, and the sentence at its head     words      how each of the eight is named and told
cards      the eight: light, number, sentence                axes       an interval on its scale, as a picture
levers     what changed, and what can be done about it       sums       to do with other numbers, on the desk
sections/  the parts below the eight
"""
