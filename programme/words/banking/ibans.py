"""What is an IBAN by itself: its form and check number (ISO 13616). The rest a country's own check knows."""

import re

_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def is_iban(text: str) -> bool:
    """Whether the form and the check number hold; `text` without spaces, in capitals."""
    if not _FORM.fullmatch(text):
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1


def masked_iban(text: str) -> str:
    """Enough to know one's own account by: "NL•• ABNA •••• •• 4300"."""
    if not text.startswith("NL") or len(text) != 18:
        return f"{text[:2]}•• •••• {text[-4:]}"
    return f"NL•• {text[4:8]} •••• •• {text[-4:]}"
