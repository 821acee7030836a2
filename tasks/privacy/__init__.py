"""What a person can ask of us: all that we have of him, and that it goes; and what goes by itself in time.

person            whose data they are                  tables/, sections  what each table holds of a person
exporting, page   writing it out                       erasing, outside   taking it away, here and elsewhere
retention, old_books                                   what goes when its time is over
"""
