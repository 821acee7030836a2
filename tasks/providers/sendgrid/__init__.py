"""SendGrid's v3 mail API; its words stay in this folder.

messenger       one request for many recipients     personalizing   each recipient's own values
wire            the sendgrid package, made safe     settings        what it needs, looked at before anything is claimed
answers         what it says to a request           events          what its webhook tells
reconcile       what became of requests in doubt
"""

NAME = "sendgrid"  # as in BOUWCLUB_DELIVERY and in the request log
IS_REPEATABLE = False
