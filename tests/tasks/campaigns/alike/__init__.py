"""Many who are alike in a campaign: judged as one, kept as each."""
