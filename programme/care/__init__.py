"""Care: how clients are doing, and what people do about it.

health   score, band and the indicators behind them     words    the Dutch for every code
scripts  what to say and not to say, for each task
"""
