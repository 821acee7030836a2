"""A made-up CRM export of a Dutch bureau, so that everything can be tried before a real one is at hand.

Nothing in it is random or read from a clock: one day and one number of clients always give the same bytes. All
persons, firms and addresses are invented; e-mail addresses stand under `.example`, which no mail server serves.

    export    write_sample: the eight files             contents/ who and what stands in them
    broken    write_broken_sample: each kind of bad value once
    bulk, derived   a base of up to millions of clients, straight into a database, for benchmarks
    money, bank_statement   the demo's year of referrals, and the bank's answer      care    its complaints
    demo      a folder in which everything can be tried

Every date is relative to `as_of`, the day that the sample is to be looked at. When the ten days before it have been
run first (`bouwclub backfill --mode log --flow both`) and then `as_of` itself, the daily run and win-back of that day
send every touchpoint at least once (`seasonal` and `dakkapel_to_uitbouw` only when the day lies in a season's
window), and each of these reasons occurs: no_address, suppressed, no_consent, superseded, repeated, open_case,
overdue_invoice, running_project, outranked, frequency_cap. `repeated` and `frequency_cap` come from the days before.
(On a 29 February nothing is superseded: no day lies twelve months before it.)
"""

from sample.broken import write_broken_sample
from sample.export import write_sample

__all__ = ["write_broken_sample", "write_sample"]
