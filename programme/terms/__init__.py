"""The programme file: the keys that programme.toml may have, and the faults of a file that breaks the rules.

schema, parts, touchpoint_terms, campaign_terms, payout_terms, condition_kinds   the file, typed and frozen
kinds       every kind of mail: of the file, and of the rooms
check, check_brand, check_campaigns, check_payouts, check_tables   what the types cannot say
faults      one fault in a sentence, with its place              toml_lines   the line of a key
care_terms, signal_terms, figure_terms, import_terms, retention_terms   tables of the file, by what they are about
check_promises  mails promise only what is there                own_pages   the pages that mails can lead to
digest      by which one programme is told from another
"""
