"""The text and HTML of a mail.

templates, template_values, palette   from a template to the text of one variant
compiled_templates                    the code of templates, once a process
keeping                               compiled mails that stay on disk
render, answer_tree                   a recipient's mail from the compiled variant          eml   a mail as a file
preparing, sharing                    what the log stores of a mail; one composed for all that are alike
"""
