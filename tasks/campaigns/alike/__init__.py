"""A campaign to many: of those who are alike one is judged and composed, by the rules, for all (programme/campaigns).

briefs reads the few facts that count, as rows and as briefs; judging decides page by page, and memory keeps what was
judged; page is what comes of it, and mails fills in each recipient's own words.
members are the recipients of one likeness; marks and recent read what counts beside a client's own row and projects:
the few of whom more is known, and the messages of the last days.
"""
