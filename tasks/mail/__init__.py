"""The text and HTML of a mail.

templating/         from a template to the text of one variant
keeping/            what was compiled: the code of templates, and mails that stay on disk
render              a recipient's mail from the compiled variant            eml         a mail as a file
preparing, logged   what the log stores of a mail                           sharing     one composed for all alike
renderers           the renderer of a workspace                             reply_to    where an answer goes
"""
