"""Whether mail would arrive: what can be looked at of the settings, the sender's domain and our own pages."""

from collections.abc import Callable, Iterator, Sequence
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from models.settings import Settings
from programme.terms.schema import Programme
from programme.verdict.sender_domain import (
    DKIM_SELECTORS,
    DomainFinding,
    DomainState,
    judge_dkim,
    judge_dmarc,
    judge_spf,
)

SECONDS = 5.0  # for one question; a machine without the internet must not wait long
WEBHOOK_PATH = "/webhooks/sendgrid/events"

Lookup = Callable[[str], Sequence[str]]
"""The TXT records of a name, () for none. Raises OSError where the name servers cannot be asked."""


def check_sending(settings: Settings, programme: Programme, lookup: Lookup | None = None) -> list[DomainFinding]:
    """Everything that was looked at, in the order in which one puts it right."""
    return [*_settings_seen(settings), *_domain_seen(programme, lookup or txt_records), _pages_seen(settings)]


def txt_records(name: str) -> Sequence[str]:
    """The TXT records of a name, through CNAMEs; () when it has none. Raises OSError when no server answers."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException as error:
        raise OSError(type(error).__name__) from None
    return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)


def _settings_seen(settings: Settings) -> Iterator[DomainFinding]:
    is_safe = settings.base_url.startswith("https://")
    yield DomainFinding(
        "BOUWCLUB_BASE_URL",
        DomainState.OK if is_safe else DomainState.MISSING,
        settings.base_url if is_safe else f"{settings.base_url}: links in mails must be https",
    )
    named = (
        ("BOUWCLUB_SECRET_KEY", settings.secret_key, "set it: unsubscribe links must outlive this machine"),
        ("BOUWCLUB_SENDGRID_API_KEY", settings.sendgrid_api_key, "set it, or nothing leaves the machine"),
        ("BOUWCLUB_SENDGRID_WEBHOOK_KEY", settings.sendgrid_webhook_key, "set it, or bounces are never heard of"),
    )
    for name, value, to_do in named:
        yield DomainFinding(name, DomainState.OK if value else DomainState.MISSING, "set" if value else to_do)


def _domain_seen(programme: Programme, lookup: Lookup) -> Iterator[DomainFinding]:
    domain = programme.brand.sender_address.rpartition("@")[2]
    try:
        yield judge_spf(domain, lookup(domain))
        yield judge_dkim(domain, {name: lookup(f"{name}._domainkey.{domain}") for name in DKIM_SELECTORS})
        yield judge_dmarc(domain, lookup(f"_dmarc.{domain}"))
    except OSError as error:
        words = f"the name servers could not be asked ({error}); this machine may be offline. Try again from the server"
        yield DomainFinding(f"SPF, DKIM and DMARC of {domain}", DomainState.UNSEEN, words)


def _pages_seen(settings: Settings) -> DomainFinding:
    """Whether our pages answer where mails and the provider look for them."""
    base = settings.base_url
    what = f"webhook {base}{WEBHOOK_PATH}"
    host = urlsplit(base).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        return DomainFinding(
            what, DomainState.MISSING, "the provider cannot reach this machine by that name; set BOUWCLUB_BASE_URL"
        )
    try:
        with urlopen(Request(f"{base}/healthz", method="GET"), timeout=SECONDS) as answer:
            state = DomainState.OK if answer.status == 200 else DomainState.MISSING
            return DomainFinding(what, state, f"{base}/healthz answers {answer.status}")
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return DomainFinding(
            what, DomainState.UNSEEN, f"{base}/healthz did not answer ({reason}); start bouwclub web, or go online"
        )
