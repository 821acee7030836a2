"""The programme file: the keys that programme.toml may have, and the faults of a file that breaks the rules.

schema      the file as a whole, typed and frozen           tables/     its tables, by what they are about
checks/     what the types cannot say                       faults      one fault in a sentence, with its place
kinds       every kind of mail: of the file, and of the rooms           toml_lines   the line of a key
own_pages   the pages that mails can lead to                digest      by which one programme is told from another
script_terms    the firm's own words in scripts   colour_terms   colours, in light and in dark
project_types   the types of projects, and what they are called     trade   words of the trade in sentences of ours
"""
