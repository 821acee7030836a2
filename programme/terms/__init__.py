"""The programme file: what a firm may say in programme.toml, and what is wrong with what it said.

schema, parts, campaign_terms, condition_kinds   the file, typed and frozen
check, check_brand, check_campaigns, check_tables   what the types cannot say
faults      one fault in a sentence, with its place              toml_lines   the line of a key
"""
