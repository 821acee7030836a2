"""From a planned message to a known fate: never twice by itself, never lost.

messenger   the seam to a provider                  delivery    claim, make ready, hand over, settle
means       what a delivering run works with        status_changes  how a status changes, by the one table
claims      durable before any byte leaves          parcels     requests made ready beside the database's work
prescreen, rechecking   what changed since the plan was made
settling    what became of a request                sender      who a sending process is
limiter, waiting, stops  the provider's rate, what is left to send, why a run ends
holds       what a backfill keeps from other runs
resending   a message in doubt, or dropped for our sake, goes again, by name
"""
