"""How fast a delivery goes, and why it ends.

limiter  the provider's rate                        waiting  what is left to send
stops    why a run ends
"""
