"""What the marketer sees of the referral programme in the Prefect UI: a picture, sentences and tables, in Dutch."""

from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import table
from flows.ui.publishing import publish
from programme.figures.families.rates import Rate
from programme.figures.families.referrals import Overview
from programme.insight.pictures.drawing import data_uri
from programme.insight.pictures.referral_chart import referrals_svg
from programme.words.numerals import dotted
from programme.words.wording import date_words, euros

FIELDS = {
    "month": "Maand",
    "visits": "Bezoek",
    "signed_up": "Aangemeld",
    "linked": "Klant",
    "quoted": "Offerte",
    "ordered": "Opdracht",
    "qualified": "Geleverd",
}


@task(name="publish-referrals", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_referrals(overview: Overview, small_n: int) -> Overview:
    """The artifacts `aanbevelingen`, and the overview on. Safe to run twice: a new version of the same artifact."""
    title = f"Aanbevelingen tot en met {date_words(overview.as_of)}"
    markdown = overview_markdown(overview, small_n)
    publish("aanbevelingen", markdown, title)
    months = [tuple(getattr(month, name) for name in FIELDS) for month in reversed(overview.months)]
    publish("aanbevelingen-per-maand", f"# {title}\n\n{table(tuple(FIELDS.values()), months)}", title)
    return overview


def overview_markdown(overview: Overview, small_n: int) -> str:
    """The sentences first, then the picture, then who brought most."""
    title = f"Aanbevelingen tot en met {date_words(overview.as_of)}"
    cost, days = overview.cost_per_client_cents, overview.median_days
    won = "één klant" if overview.qualified == 1 else f"{dotted(overview.qualified)} klanten"
    sentences = [f"Aanbevelingen brachten {won}" + (f", voor {euros(cost)} per klant." if cost is not None else ".")]
    if days is not None:
        number = str(days).replace(".", ",")
        sentences.append(f"Van aanmelding tot levering duurt het in het midden {number} dagen.")
    sentences.append(
        f"Nog te betalen: {euros(overview.open_cents)} aan beloningen en "
        f"{euros(overview.open_commission_cents)} aan commissie."
    )
    sentences.append(_share_words(overview.clients_who_referred, small_n))
    parts = [f"# {title}", " ".join(sentences)]
    if overview.months:
        svg = referrals_svg(overview.months, "Aanmeldingen per maand, en hoe ver zij kwamen")
        parts.append(f"![Aanmeldingen per maand]({data_uri(svg)})")
    if overview.top:
        rows = [(each.client_id, each.qualified, euros(each.earned_cents)) for each in overview.top]
        parts += ["## Wie het meest bracht", table(("Klant", "Klanten", "Verdiend"), rows)]
    return "\n\n".join(parts)


def _share_words(share: Rate, small_n: int) -> str:
    if share.n < small_n or share.rate is None or share.low is None or share.high is None:
        return f"Hoeveel klanten iemand aanbevelen: te weinig om iets te zeggen ({share.k} van {share.n})."
    low, high = _percent(share.low), _percent(share.high)
    return (
        f"Van de klanten met een geleverd project beval {_percent(share.rate)} iemand aan "
        f"({dotted(share.k)} van {dotted(share.n)}; waarschijnlijk tussen {low} en {high})."
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%".replace(".", ",")
