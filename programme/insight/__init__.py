"""What happened with a client, why, and what is to come.

explaining, timeline    why a client gets which mail, in Dutch      forecast        one recipient's days to come
simulated_runs          the runs of many days for one recipient     health_ahead    health that changes by itself
outlook     two programmes over the same days           differences     what another programme would change
calendar/   a forecast counted by day and touchpoint    pictures/       small pictures as SVG
set_aside   what the import set aside
"""
