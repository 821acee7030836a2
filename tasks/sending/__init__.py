"""From a planned message to a known fate: never sent twice without a person's decision, never lost.

messenger   the interface to a provider             delivery        claim, make ready, hand over, settle
claiming/   durable before any byte leaves, and what changed since the plan was made
means       what a delivering run works with        status_changes  how a status changes, by the one table
parcels     requests made ready beside the database's work
settling    the result of a request                 sender          who a sending process is
pacing/     the provider's rate, what is left to send, why a run ends
resending   a person releases a message in doubt, or one dropped because of us
"""
