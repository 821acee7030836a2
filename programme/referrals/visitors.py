"""Who opens a shared link: a person, or a program that looks before or instead of one."""

from collections.abc import Mapping

# Parts of the names by which such programs call themselves, in small letters: what makes the cards of messengers
# and social media, search engines, monitors, and the scanners of mail gateways that say who they are.
NO_PERSON = (
    "bot", "crawl", "spider", "preview", "facebookexternalhit", "facebookcatalog", "meta-external", "whatsapp",
    "skypeuripreview", "slack-imgproxy", "vkshare", "embedly", "iframely", "outbrain", "quora link", "pinterest/",
    "flipboard", "tumblr/", "nuzzel", "w3c_validator", "google-read-aloud", "google-inspectiontool", "mediapartners",
    "bingpreview", "yahoo! slurp", "ia_archiver", "archive.org", "headlesschrome", "phantomjs", "lighthouse",
    "barracuda", "proofpoint", "mimecast", "safelinks", "trendmicro", "symantec", "bitdefender", "zgrab", "masscan",
    "nessus", "nikto", "nmap", "sqlmap", "urlscan", "virustotal", "scanner", "monitor", "uptime", "pingdom",
)  # fmt: skip


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request counts as a visit. A scanner that calls itself a browser cannot be told from one.

    Args:
        headers: by name in small letters.
    """
    agent = headers.get("user-agent", "").strip().lower()
    if method != "GET" or not agent or any(name in agent for name in NO_PERSON):
        return False
    fetched_ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')} {headers.get('x-purpose', '')}"
    return "prefetch" not in fetched_ahead.lower() and "preview" not in fetched_ahead.lower()
