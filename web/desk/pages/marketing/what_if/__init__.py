"""Another programme by form fields, at /desk/what-if.

form  the fields, and what comes of them      proposals  kept, read and withdrawn      view  what was asked of the page
"""
