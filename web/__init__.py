"""The pages that our mails link to, and the webhooks of the provider.

    server/     the application, its guard, what every page shares
    public/     what clients open: unsubscribe and answers
    hooks/      webhooks: verified, stored, worked out after the answer

GET and HEAD change nothing here, ever: mail scanners fetch every link of a mail. Only a POST does.
"""
