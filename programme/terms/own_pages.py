"""The pages for clients to which mails can lead: one home for the links, the check of templates and the web part."""

from collections.abc import Mapping

# By the field that a template places. A test holds the web part to serving each of them.
OWN_PAGES: Mapping[str, str] = {
    "unsubscribe_url": "/u/{token}",
    "preferences_url": "/voorkeuren/{token}",
    "answer_url": "/a/{token}",
    "dashboard_url": "/mijn/{token}",
}
# How their paths begin; the token follows.
PAGE_STARTS: Mapping[str, str] = {name: path.removesuffix("{token}") for name, path in OWN_PAGES.items()}

# The firm's own pages elsewhere, as `sites` has them in a template.
SITES = ("site", "review", "privacy", "contact", "appointment")
