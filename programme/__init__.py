"""What the marketing programme means: pure rules over plain facts.

No clock, no network, no database and no Prefect in here; `as_of` is always an argument.

    words       states, dates, wording, addresses, tokens   terms       the programme file and its faults
    facts       what is known of a client                   rules       due, conditions, decide, tiers
    mail        what a mail says to whom, and its links     campaigns   what marketers start by hand
    sending     state changes and run reports               inbound     events of the provider, answers of clients
    care        negative feedback, cases and health         insight     explain, forecast, calendar, what-if
    referrals   which referrals qualify                     money       rewards, the ledger, settlements, partners
    figures     what the business steers by                 verdict     what can be wrong with a mail
    proposals   what a marketer proposes to change
"""
