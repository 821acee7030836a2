"""What makes tasks for people beside the steps of cases: care 8.2, one query a kind and the rules of programme.care.

prompt   what every tick looks at            candidates  who may have a daily signal, by SQL over what is recent
daily    the daily look, by the rules        known       causes that had their task, and who is held back
ending   open tasks that are over            making      the rows of new tasks
"""
