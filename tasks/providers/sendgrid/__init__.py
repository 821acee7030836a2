"""SendGrid's v3 mail API; its words stay in this folder.

messenger       one request for many recipients     personalizing   each recipient's own values
wire            the sendgrid package, made safe     settings        the settings that it needs
answers         its answers to a request            events          the events of its webhook
reconcile       looks up requests in doubt
inbound         a mail that came in, as posted      erasure         asks to erase what it has of people
"""

NAME = "sendgrid"  # as in BOUWCLUB_DELIVERY and in the request log
IS_REPEATABLE = False
