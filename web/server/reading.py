"""Requests read with care: bodies have a limit, forms have few fields, and bad bytes are no reason to fail."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

FORM_BYTES = 32_768  # a comment of 2,000 characters, each in up to 12 bytes once encoded, and room to spare
FORM_FIELDS = 20


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body's raw bytes; None when there are more than `limit`, of which no more are read."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and len(declared) < 20 and int(declared) > limit:
        return None
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                return None
            parts.append(part)
    except ClientDisconnect:
        return None
    return b"".join(parts)


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form as browsers post it by default; the first of each name. Empty for anything else."""
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=FORM_FIELDS,
        )
    except ValueError:
        return {}
    return dict(reversed(pairs))


def client_address(request: Request) -> str:
    """Whom the rate limit counts: the address, or the network that a provider gives one connection (IPv6 /64)."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return host
