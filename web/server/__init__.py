"""The web application.

app     puts it together        site        what every page shares: database, programme, keys, clock
guard   headers, limit, log     pages       templates to HTML
reading bodies and addresses, read with care            serving   the server around it          healthz   /healthz
connections   slow callers cut off, and never too many           wishes   what people tell us, kept whatever happens
"""
