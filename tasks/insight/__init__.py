"""What happened, why, and what is to come.

explain, message_log, preview   one client, the stored log, one mail as it would be
set_aside, case_ends            what the import set aside about a client; how his complaints ended
forecast, what_if               everyone's mails to come, and under another programme
kept_forecast, outlook          worked out beforehand; two programmes at once
telling     an explanation, line by line
"""
