"""The pages from which a marketer works.

campaigns  the list, and what became of each      calendar  what goes out in the next 90 days
"""
