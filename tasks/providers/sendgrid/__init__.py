"""SendGrid's v3 mail API.

messenger       one request for many recipients     personalizing   each recipient's own values
wire            the sendgrid package, made safe     reconcile       what became of requests in doubt
"""
