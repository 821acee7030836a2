"""What the screens show.

looks    templates to HTML, the menu                counts     its numbers
words    what the screens say for codes             moments    days and times in words
case_clock  the clock of a case, drawn
"""
