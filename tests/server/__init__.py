"""A real Prefect server with real workers, driven by its schedule, its API and a browser; `make test-server`.

postgres   a private PostgreSQL of the distribution, with pg_trgm       base     clients whose mails are known
stack      server, deployments, workers and a stand-in for SendGrid    browser  the UI in headless Chromium
"""
