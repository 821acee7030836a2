"""The pages that our mails link to, and the webhooks of the provider.

    app          puts it together              site         what every page shares: database, programme, keys, clock
    guard        headers, rate limit, log      pages        templates to HTML
    webhooks     events in, verified           applying     works them out right after the answer
    signature    of a webhook's body           requests     bodies and addresses of requests, read with care
    unsubscribe  /u/…                          answers      /a/…                       health   /healthz
    serving      the server around it

GET and HEAD change nothing here, ever: mail scanners fetch every link of a mail. Only a POST does.
"""
