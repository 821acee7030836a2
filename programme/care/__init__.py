"""Care: how clients are doing, and what people do about it.

health   score, band and the indicators behind them     words    the Dutch for every code
scripts  what to say and not to say, for each task      cases/   a complaint as a case, with its clock
tick     a quarter hour, and who is away then           lines    what a tick did, one thing a line
outcomes, signals   what can come of a task, and what makes one
mails, staff_mails  to the client: service, never an offer; to people of the firm: never a client's words
"""
