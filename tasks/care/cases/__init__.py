"""What a tick does with cases, in its steps (1) to (4), and their store.

answers  new complaints, from what clients gave     complaints  a complaint opens a case, or joins one
ending   a case ends                                follow      a case that nobody takes up, or nobody ends
case_mails  their mails                             store       cases with their steps, read and written
"""
