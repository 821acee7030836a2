"""Care: complaints become cases with a clock, and what only a person can do becomes a task.

Who may call what:

    tick       one tick, steps (1) to (6); everything of care hangs on it      taking    acts and answers, (1)
    cases      what the tick does with cases, (2) to (4)                       mails     the mails of cases
    tasks      end_task, note_attempt: what came of a task, with all effects   acts      record_act
    owners     who has a level now, absences                                   listing   cases as `cases` prints them

    people/    tasks that no step of a case asks for:
               prompt      make_prompt_tasks(connection, tick) -> list[Line]      step (5)
               daily_look  take_daily_look(connection, tick) -> list[Line]        step (6), with the digest
"""
