"""Which fields of the form a template uses: the others are neither shown nor sent."""

from programme.campaigns.form.form_words import MESSAGE
from programme.terms.tables.campaign_terms import CampaignTemplate

ALWAYS = ("name", "template")
TEXTS = ("subject", "title", "intro", "body", "link_url", "link_label", "offer")


def message_fields(template: CampaignTemplate | None) -> list[str]:
    """The fields of the group "message", in the form's order. A survey has words of its own; None: no template yet."""
    if template is None or template.survey:
        return list(ALWAYS)
    asked = {"link_url" if key == "link" else str(key) for key in template.asks}
    return [name for name in MESSAGE if name in (*ALWAYS, *TEXTS) or name in asked]
