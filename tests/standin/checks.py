"""Whether SendGrid would take a body of POST /v3/mail/send: its OpenAPI file, mended, and what the file leaves out."""

import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker

SPECS = Path(__file__).resolve().parents[1] / "data" / "sendgrid" / "openapi"
MOST_BYTES = 30 * 1024 * 1024
MOST_PER_PERSON = 10_000  # bytes of substitutions, and of custom_args
FORBIDDEN_HEADERS = frozenset(
    [
        "x-sg-id",
        "x-sg-eid",
        "received",
        "dkim-signature",
        "content-type",
        "content-transfer-encoding",
        "to",
        "from",
        "subject",
        "reply-to",
        "cc",
        "bcc",
    ]
)
PERSON_KEYS = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "headers",
        "substitutions",
        "dynamic_template_data",
        "custom_args",
        "send_at",
    ]
)
KNOWN_TRACKING = frozenset({"click_tracking", "open_tracking", "subscription_tracking", "ganalytics"})


class Fault(NamedTuple):
    message: str
    field: str | None


@cache
def _validator() -> Draft202012Validator:
    components = json.loads((SPECS / "tsg_mail_v3.json").read_text())["components"]
    place = "#/components/requestBodies/PostMailSend/content/application~1json/schema"
    schema = components["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
    # The file says string; the documentation, and the service, take an object of strings.
    strings = {"type": "object", "additionalProperties": {"type": "string"}}
    schema["properties"]["custom_args"] = strings
    person = schema["properties"]["personalizations"]["items"]["properties"]
    person["custom_args"] = strings
    person["headers"] = strings
    return Draft202012Validator({"$ref": place, "components": components}, format_checker=FormatChecker())


@cache
def _root_keys() -> frozenset[str]:
    components = _validator().schema["components"]
    schema = components["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
    return frozenset(schema["properties"])


def faults_of(raw: bytes) -> list[Fault]:
    """What SendGrid would refuse the request for; empty when it would take it."""
    if len(raw) > MOST_BYTES:
        return [Fault("The message is larger than 30 MB.", None)]
    try:
        body = json.loads(raw.decode("utf-8"))
    except ValueError:
        return [Fault("Bad Request", None)]
    found = [Fault(error.message[:200], _field(error.absolute_path)) for error in _validator().iter_errors(body)]
    return found or list(_left_out(body))


def _field(path: Any) -> str:
    return ".".join(map(str, path))


def _left_out(body: dict[str, Any]) -> Iterator[Fault]:
    """The rules of the documentation that the file does not hold."""
    for key in body.keys() - _root_keys():
        yield Fault(f"unknown key {key}", key)
    people = body["personalizations"]
    if not people:
        yield Fault("The personalizations field is required and must have at least one personalization.", None)
    if not body.get("template_id"):
        yield from _content_faults(body)
    if "reply_to" in body and "reply_to_list" in body:
        yield Fault("reply_to is mutually exclusive with reply_to_list", "reply_to")
    for category in body.get("categories", ()):
        if not category.isascii():
            yield Fault("category must be ASCII", "categories")
    for key in body.get("tracking_settings", {}).keys() - KNOWN_TRACKING:
        yield Fault(f"unknown key {key}", "tracking_settings")
    yield from _sender_faults(body["from"], "from")
    yield from _header_faults(body.get("headers", {}), "headers")
    seen: set[str] = set()
    count = 0
    for position, person in enumerate(people):
        addresses = [each["email"].lower() for kind in ("to", "cc", "bcc") for each in person.get(kind, ())]
        count += len(addresses)
        yield from _person_faults(body, person, f"personalizations.{position}")
        for address in addresses:
            if address in seen:
                yield Fault(
                    "Each email address in the personalization block should be unique", f"personalizations.{position}"
                )
            seen.add(address)
    if count > 1000:
        yield Fault("The number of recipients must not exceed 1000", "personalizations")


def _content_faults(body: dict[str, Any]) -> Iterator[Fault]:
    content = body.get("content")
    if not content:
        yield Fault("The content field is required.", "content")
    if not body.get("subject") and not all(person.get("subject") for person in body["personalizations"]):
        yield Fault("The subject is required.", "subject")
    kinds = [part["type"] for part in content or ()]
    if "text/html" in kinds and "text/plain" in kinds and kinds.index("text/plain") > kinds.index("text/html"):
        yield Fault("text/plain must come first, then text/html", "content")


def _person_faults(body: dict[str, Any], person: dict[str, Any], field: str) -> Iterator[Fault]:
    for key in person.keys() - PERSON_KEYS:
        yield Fault(f"unknown key {key}", field)
    if not person["to"]:
        yield Fault(
            "The to array is required for all personalization objects, and must have at least one email", f"{field}.to"
        )
    for position, to in enumerate(person["to"]):
        yield from _address_faults(to, f"{field}.to.{position}")
    if "from" in person:
        yield from _sender_faults(person["from"], f"{field}.from")
        if person["from"]["email"].rpartition("@")[2] != body["from"]["email"].rpartition("@")[2]:
            yield Fault("the personalization from must have the same domain as the root from", f"{field}.from")
    for name in ("substitutions", "custom_args"):
        values = person.get(name, {})
        size = sum(len(key.encode()) + len(value.encode()) for key, value in values.items())
        if size > MOST_PER_PERSON:
            yield Fault(f"{name} may not exceed {MOST_PER_PERSON} bytes", f"{field}.{name}")
    if "substitutions" in person and str(body.get("template_id", "")).startswith("d-"):
        yield Fault("Substitutions may not be used with dynamic templating", f"{field}.substitutions")
    if not 0 <= person.get("send_at", time.time()) - time.time() + 1 <= 72 * 3600 + 1:
        yield Fault("send_at may be at most 72 hours ahead", f"{field}.send_at")
    yield from _header_faults(person.get("headers", {}), f"{field}.headers")


def _address_faults(entry: dict[str, Any], field: str) -> Iterator[Fault]:
    local, _, domain = entry["email"].rpartition("@")
    if not local or "." not in domain or not entry["email"].isascii() or any(map(str.isspace, entry["email"])):
        yield Fault("Does not contain a valid address.", f"{field}.email")
    if any(mark in entry.get("name", "") for mark in ",;"):
        yield Fault("names must not contain comma or semicolon", f"{field}.name")


def _sender_faults(entry: dict[str, Any], field: str) -> Iterator[Fault]:
    yield from _address_faults(entry, field)


def _header_faults(headers: dict[str, Any], field: str) -> Iterator[Fault]:
    for name, value in headers.items():
        if name.lower() in FORBIDDEN_HEADERS:
            yield Fault(f"the header {name} may not be set", field)
        if not value.isascii() or "\n" in value or "\r" in value or any(map(str.isspace, name)):
            yield Fault(f"the header {name} is malformed", field)
