"""Care: how clients are doing, and what people do about it.

health   score, band and the indicators behind them     words    the Dutch for every code
scripts  what to say and not to say, for each task
case, following, complaints   a case and its steps, what a tick finds to do for one, and what a new complaint does
clock    office hours and deadlines                       tick     a quarter hour, and who is away then
outcomes, signals   what can come of a task, and what makes one
owners   who has a case: levels, and who is there         lines    what a tick did, one thing a line
mails, staff_mails  to the client: service, never an offer; to people of the firm: never a client's words
"""
