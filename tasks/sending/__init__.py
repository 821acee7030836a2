"""From a planned message to a known fate: never sent twice without a person's decision, never lost.

messenger   the interface to a provider             delivery    claim, make ready, hand over, settle
means       what a delivering run works with        status_changes  how a status changes, by the one table
claims      durable before any byte leaves          letters     the messages of a claim
parcels     requests made ready beside the database's work
prescreen, rechecking   what changed since the plan was made
settling    the result of a request                 sender      who a sending process is
limiter, waiting, stops  the provider's rate, what is left to send, why a run ends
holds       messages that a backfill holds
resending   a person releases a message in doubt, or one dropped because of us
windows     the statements that find the messages of a claim
"""
