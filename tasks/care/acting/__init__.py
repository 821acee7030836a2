"""What people do in care, each act in one transaction with all that follows from it.

acts        an act: who, when and where; the log of acts        opening_acts    what each begins with
outcomes    what came of a task                                 case_acts       a case ended, weighed anew, noted
absences    who is away                                         calling         consent to be called
"""
