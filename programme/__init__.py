"""What the marketing programme means: pure rules over plain facts.

No clock, no network, no database and no Prefect in here; `as_of` is always an argument.

    schema      the programme file, typed and frozen          states     words with one meaning each
    dates       calendar arithmetic and its inverse           facts      what is known of a client
    projects    status of a project on a day                  segments, tiers, referrals, health
    due         which occasions are due on a day              conditions named tests of a touchpoint
    decide      one decision a candidate, with a reason       offers     which discount a mail may show
    context     what a mail says to whom                      experiments who is held out
    horizon     many days for one recipient                differences, agenda  two programmes; the mails to come
"""
