"""Golden files of mails: what a reviewer reads of a mail, without the frame that all mails share.

A mail's own file is an outline: its elements with classes and links and no styles, drawings or Outlook's tables. A few
mails are kept whole, so that each part and the frame are reviewed byte for byte once.
"""

import json
import os
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from programme.verdict.contrasts import faint_words
from programme.verdict.findings import Finding
from programme.verdict.looks import differing_parts, too_large
from tasks.mail.eml import build_eml
from tasks.mail.render import Mail

# The whole HTML of one mail a part: scale, choices, coupon, progress, button and box of an event, words of a client.
WHOLE = frozenset({"check_in", "permit_check", "anniversary", "tier_upgrade-zilver", "vip_event", "reply_forward"})
_FRAME = re.compile(
    r"(?s)<head>.*?</head>|<!--.*?-->| (?:style|role|cellpadding|cellspacing|border|width|bgcolor)=\"[^\"]*\""
)
_DRAWING = re.compile(r'(?s)<div aria-hidden="true">.*?</div>')
_EMPTY = re.compile(r"</?(?:table|tbody|tr|div)>")


def outline(html: str) -> str:
    """The HTML as lines that a person can review."""
    bare = _DRAWING.sub("<drawing>", _FRAME.sub("", html))
    lines = (line.strip() for line in _EMPTY.sub("\n", bare).replace("><", ">\n<").split("\n"))
    return "\n".join(line for line in lines if line and line not in ("<td>", "</td>")) + "\n"


def faults_of(mail: Mail) -> list[Finding]:
    """What a check of this one mail finds: words that fade in light or dark mode, its size, parts that differ."""
    looked = faint_words("html", mail.html), too_large("html", mail.html), differing_parts("txt", mail.text, mail.html)
    return [finding for each in looked for finding in each]


def compare(folder: Path, name: str, mail: Mail, preheader: str = "") -> None:
    """Compare a mail with its golden files, or write them where GOLDEN_REWRITE is set."""
    heads = dict(message_from_bytes(build_eml(mail), policy=default).items())
    seen = {"subject": mail.subject, **({"preheader": preheader} if preheader else {}), "headers": heads}
    html = mail.html.replace("><", ">\n<") if name in WHOLE else outline(mail.html)
    made = {"html": html, "txt": mail.text, "json": json.dumps(seen, indent=2, ensure_ascii=False) + "\n"}
    for ending, content in made.items():
        path = folder / f"{name}.{ending}"
        if os.environ.get("GOLDEN_REWRITE"):
            path.write_text(content, "utf-8", newline="")

        assert path.exists(), f"{path.name} is missing; make golden writes it"
        assert content == path.read_bytes().decode()
    assert faults_of(mail) == []
