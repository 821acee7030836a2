"""Looking at what happened, and ahead.

explain, message_log, preview   one client, the log as it was kept, one mail as it would be
forecast, what_if               everyone's mails to come, and under another programme
"""
