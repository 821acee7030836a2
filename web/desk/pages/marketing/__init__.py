"""The pages from which a marketer works.

campaigns  the list, and what became of each      drafts     begun, copied, thrown away
composer   writing one, with its number beside it audiences  those kept under a name
sending    the last look      goes  the yes of another      stopping  taking one back
calendar   what goes out in the next 90 days      what_if/   another programme by form fields
"""
