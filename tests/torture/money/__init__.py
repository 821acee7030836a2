"""Random histories of money: what may happen in any order, twice, with wrong amounts and crashes, and what must hold.

world      a fresh database, and a look at all of it     oracle   what must be, written from the rules alone
acts       what happens, one act each                    history  acts in a row, judged after each
crashes    an error before the n-th statement            faults   errors put into the code that must be caught
killed     processes killed at each point, and two at once         long     all of it, thousands of times
"""
