"""What is wrong with the texts of a campaign, whatever its template and its audience."""

from collections.abc import Iterator

from programme.campaigns.form import form_words as words
from programme.campaigns.texts import CampaignTexts, body_parts, is_link
from programme.verdict.wording_faults import leftovers, second_greetings
from programme.words.plain_text import clean

SHOWN = 60  # characters of a bad value that a fault quotes


def text_faults(texts: CampaignTexts) -> Iterator[tuple[str, str]]:
    """(the field's key, a Dutch sentence that says what is wrong and what to do)."""
    if not clean(texts.subject):
        yield "subject", "is leeg. Schrijf een onderwerpregel."
    if not clean(texts.intro) and not body_parts(texts.body):
        yield "body", "is leeg, en de inleiding ook. Schrijf ten minste één van beide."
    if texts.link_url and not is_link(texts.link_url):
        yield "link_url", f"'{clean(texts.link_url, SHOWN)}' is geen link. Begin met https:// en een domeinnaam."
    if texts.link_label.strip() and not texts.link_url:
        label = words.MESSAGE["link_url"].label.lower()
        yield "link_label", f"staat er zonder {label}. Vul die ook in, of haal dit weg."
    for key in ("subject", "title", "intro", "body", "link_label", "place"):
        written = str(getattr(texts, key))
        greetings = second_greetings(key, written) if key in ("intro", "body") else ()
        for finding in (*leftovers(key, written), *greetings):
            yield key, finding.sentence[:1].lower() + finding.sentence[1:]
