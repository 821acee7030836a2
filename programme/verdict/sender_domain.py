"""What the records of the sender's domain say to mailbox providers: SPF, DKIM and DMARC (docs/sending.md)."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

# SendGrid's automated security: two selectors, each a CNAME to a key that it keeps.
DKIM_SELECTORS = ("s1", "s2")
PROVIDER_SPF = "sendgrid.net"


class DomainState(StrEnum):
    """How a record, a setting or a page stands."""

    OK = "ok"
    WEAK = "weak"  # mail goes, and some of it less surely
    MISSING = "missing"
    UNSEEN = "not looked at"


class DomainFinding(NamedTuple):
    """One thing that was looked at, in English for the operator: what it is, how it stands, and what to do."""

    what: str
    state: DomainState
    words: str


def judge_spf(domain: str, texts: Sequence[str]) -> DomainFinding:
    """The SPF record among the TXT records of the domain.

    With SendGrid the envelope's sender is a subdomain of ours with an SPF of its own, so ours need not name it.
    """
    records = [text for text in texts if text.lower().startswith("v=spf1")]
    what = f"SPF of {domain}"
    if not records:
        return DomainFinding(what, DomainState.MISSING, f"add a TXT record: v=spf1 include:{PROVIDER_SPF} ~all")
    if len(records) > 1:
        return DomainFinding(
            what, DomainState.MISSING, f"{len(records)} records, and receivers then trust none; keep one"
        )
    if re.search(r"[+?]all\b", records[0]):
        return DomainFinding(what, DomainState.WEAK, f"it lets everybody send ({records[0]}); end it with ~all or -all")
    return DomainFinding(what, DomainState.OK, records[0])


def judge_dkim(domain: str, found: Mapping[str, Sequence[str]]) -> DomainFinding:
    """The keys behind the selectors that the provider signs with.

    Args:
        found: the TXT records of <selector>._domainkey.<domain>, after following CNAMEs.
    """
    what = f"DKIM of {domain}"
    held = [selector for selector, texts in found.items() if any("p=" in text for text in texts)]
    empty = [selector for selector, texts in found.items() if any(re.search(r"\bp=\s*(?:;|$)", text) for text in texts)]
    if empty:
        return DomainFinding(
            what, DomainState.MISSING, f"the key of {', '.join(empty)} was withdrawn; authenticate the domain anew"
        )
    if not held:
        names = ", ".join(f"{selector}._domainkey" for selector in found)
        return DomainFinding(what, DomainState.MISSING, f"no key at {names}; authenticate the domain with the provider")
    return DomainFinding(what, DomainState.OK, f"keys at {', '.join(f'{selector}._domainkey' for selector in held)}")


def judge_dmarc(domain: str, texts: Sequence[str]) -> DomainFinding:
    """The DMARC record at _dmarc.<domain>."""
    what = f"DMARC of {domain}"
    records = [text for text in texts if text.lower().startswith("v=dmarc1")]
    if not records:
        return DomainFinding(
            what, DomainState.MISSING, f"add a TXT record at _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:…"
        )
    if len(records) > 1:
        return DomainFinding(
            what, DomainState.MISSING, f"{len(records)} records, and receivers then trust none; keep one"
        )
    policy = re.search(r"\bp=(\w+)", records[0])
    if policy is None:
        return DomainFinding(what, DomainState.MISSING, f"it has no policy ({records[0]}); add p=none at least")
    if "rua=" not in records[0]:
        return DomainFinding(what, DomainState.WEAK, f"p={policy[1]}, and nobody gets the reports; add rua=mailto:…")
    return DomainFinding(what, DomainState.OK, f"p={policy[1]}")
