"""What was compiled, kept: the code of templates for this process, and mails on disk for the next one.

template_code   what Jinja makes of a template's source, once a process
files           the templates as one process read them, and the fingerprint of all that shapes a mail
store           the file with the compiled mails of each fingerprint
"""
