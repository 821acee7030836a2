"""The text and HTML of a mail.

templates, template_values, palette   from a template to the text of one variant
keeping                               what was compiled: the code of templates, and mails that stay on disk
render, answer_tree                   a recipient's mail from the compiled variant          eml   a mail as a file
preparing, sharing                    what the log stores of a mail; one composed for all that are alike
drawings, paragraphs, tagged          a mail's pictures and its text, and what a template made, checked
logged, reply_to, renderers           what the log stores; where an answer goes; the renderer of a workspace
"""
