"""bouwclub web: serve the pages that mails link to, and the provider's webhooks."""

from __future__ import annotations

import click


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option(
    "--proxy",
    "proxies",
    default="127.0.0.1",
    show_default=True,
    help="Addresses of the reverse proxies whose X-Forwarded-For is believed; the rate limit counts by it.",
)
def command(host: str, port: int, proxies: str) -> None:
    """Serve the pages that mails link to, the desk, /healthz and the provider's webhooks, until stopped.

    Put a reverse proxy with HTTPS in front of it; BOUWCLUB_BASE_URL is the address that clients see.
    """
    import logging

    from models.settings import read_settings
    from tasks.base.programme_file import load_programme
    from tasks.base.workspace import open_database
    from web.server.app import create_app
    from web.server.serving import serve

    settings = read_settings()
    engine = open_database(settings)
    app = create_app(settings, engine, load_programme(settings.programme))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if settings.sendgrid_webhook_key is None:
        click.echo("BOUWCLUB_SENDGRID_WEBHOOK_KEY is not set: events of the provider will be refused", err=True)
    serve(app, host, port, forwarded_allow_ips=proxies)
