"""A campaign to many: of those who are alike one is judged and composed, by the rules, for all (programme/campaigns).

briefs reads the few facts that count, judging decides page by page, mails fills in each recipient's own words.
"""
