"""The programme file: the keys that programme.toml may have, and the faults of a file that breaks the rules.

schema, parts, touchpoint_terms, campaign_terms, payout_terms, condition_kinds   the file, typed and frozen
kinds       every kind of mail: of the file, and of the rooms
check, check_brand, check_campaigns, check_payouts, check_tables   what the types cannot say
faults      one fault in a sentence, with its place              toml_lines   the line of a key
"""
