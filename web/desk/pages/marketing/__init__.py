"""The pages from which a marketer works.

campaigns  the list, and what became of each      calendar  what goes out in the next 90 days
what_if    another programme by form fields       what_if_proposals  kept, read and withdrawn
what_if_view  what was asked of the page, and what comes of it
"""
