"""Files that people open, or that processes lock.

spreadsheets    CSV whose cells are never formulas      rejected        rejected.csv, what an import did not take
lock_files      locks that end with their process, and names that outlast a power cut
"""
