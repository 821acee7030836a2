"""What a campaign leaves in the Prefect UI for marketers: how many, who, why others not, and how the mail looks.

Clients are named by their number: artifacts stay, and a person's rights must not depend on finding them all.
"""

from collections.abc import Sequence
from datetime import date

from prefect.cache_policies import NO_CACHE

from flows.following import Followed
from flows.secrecy import task
from flows.ui.artifacts.day import DELIVERY_WORDS, sent_words
from flows.ui.mail_pictures import mail_picture
from flows.ui.markdown import escaped, fenced, table
from flows.ui.publishing import publish
from programme.campaigns.audience.audience_words import audience_words, people_words
from programme.campaigns.campaign import SHOWN_PEOPLE, Campaign, CampaignCount, needs_go
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.numerals import dotted
from programme.words.wording import date_words, outcome_text, reason_text
from tasks.campaigns.checks import AcceptedOrder
from tasks.campaigns.mails import Sample, TestSent

KEY = "campagne"


@task(name="publish-faults", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_faults(faults: Sequence[str]) -> None:
    """Every fault of the form, as a list. Safe to run twice."""
    lines = "\n".join(f"- {escaped(fault)}" for fault in faults)
    markdown = f"# De campagne kan zo niet\n\n{lines}\n\nEr is niets verstuurd. Pas het formulier aan en start opnieuw."
    publish(f"{KEY}-fouten", markdown, "Wat er aan het formulier mankeert")


@task(name="publish-plan", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_plan(
    programme: Programme,
    order: AcceptedOrder,
    count: CampaignCount,
    samples: list[Sample],
    sent: TestSent | None,
    dry_run: bool,
) -> None:
    """Summary with previews, who gets it and who does not. Safe to run twice: new versions of the same artifacts."""
    campaign = order.campaign
    key, title = f"{KEY}-{campaign.name}", f"{campaign.template.label} {campaign.name}"
    markdown = plan_markdown(programme, order, campaign, count, samples, sent, dry_run)
    publish(key, markdown, card_of_plan(count.to_send, samples, title))
    publish(f"{key}-wie", who_markdown(programme, campaign, count), f"Wie de mail krijgt: {title}")
    publish(f"{key}-wie-niet", others_markdown(campaign, count), f"Wie de mail nu niet krijgt: {title}")


def card_of_plan(to_send: int, samples: Sequence[Sample], title: str) -> str:
    """What stands on the artifact's card."""
    examples = "; met voorbeelden" if samples else ""
    return f"{dotted(to_send)} {'krijgt' if to_send == 1 else 'krijgen'} de mail{examples}: {title}"


@task(name="publish-asked", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_asked(name: str, people: int, url: str) -> None:
    """That the desk asks for the go, and where. Safe to run twice."""
    lines = [
        f"# {name} wacht op akkoord",
        f"De campagne gaat naar {people_words(people)}. Wie campagnes mag goedkeuren, kreeg een mail. "
        f"[Ja of nee zeggen kan op de balie]({url}). Na een ja start de balie de campagne; hier hoeft niets meer.",
    ]
    publish(f"{KEY}-{name}-akkoord", "\n\n".join(lines), f"Akkoord wordt gevraagd op de balie: {name}")


@task(name="publish-lost", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_lost(name: str, why: str) -> None:
    """Why a campaign did not go by its go. Safe to run twice."""
    markdown = f"# {name} is niet verstuurd\n\n{escaped(why)}\n\nEr is nu niets verstuurd. Vraag opnieuw akkoord."
    publish(f"{KEY}-{name}-akkoord", markdown, f"Niet verstuurd: {name}")


@task(name="publish-campaign", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_campaign(
    report: DayReport, programme: Programme, campaign: Campaign, messages: dict[str, int], go_by: str | None
) -> DayReport:
    """What was sent, refused and held back, and hand the report on. Safe to run twice."""
    title = f"{campaign.template.label}: {campaign.name}"
    key = f"{KEY}-{campaign.name}-verzonden"
    markdown = sent_markdown(report, programme, campaign, messages, go_by)
    publish(key, markdown, card_of_sent(report, title))
    return report


def card_of_sent(report: DayReport, title: str) -> str:
    """What stands on the artifact's card: such a run ends green, whatever did not go."""
    return f"{sent_words(report)}: {title}"


@task(name="publish-followed", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_followed(followed: list[Followed], as_of: date, dry_run: bool) -> list[Followed]:
    """What became of every open campaign with people who waited. Safe to run twice."""
    sent = sum(each.sent for each in followed)
    publish(f"{KEY}-wie-wachtte", followed_markdown(followed, as_of, dry_run), f"{dotted(sent)} alsnog verstuurd")
    return followed


def followed_markdown(followed: Sequence[Followed], as_of: date, dry_run: bool) -> str:
    """One row for each open campaign: who got it by now, who still waits, and why it was stopped."""
    head = f"# Wie moest wachten, {date_words(as_of)}" + (" (proef)" if dry_run else "")
    rows = [(each.name, each.sent, each.waiting, each.why or "–") for each in followed]
    shown = table(("Campagne", "Kreeg hem", "Wacht nog", "Niet verstuurd omdat"), rows) if rows else "Niemand."
    return f"{head}\n\n{shown}"


def sent_markdown(
    report: DayReport, programme: Programme, campaign: Campaign, messages: dict[str, int], go_by: str | None
) -> str:
    """For whom it was, what became of it, and why others did not get it now."""
    lines = [f"# {escaped(campaign.template.label)}: {campaign.name}", f"Verzending van {date_words(report.as_of)}."]
    lines.append(audience_line(programme, campaign, report.to_send))
    counts = [
        f"- {dotted(count)} {DELIVERY_WORDS.get(name, name)}" for name, count in report.delivered.items() if count
    ]
    lines.append("\n".join(counts) or "Er viel niets te versturen.")
    held = [(reason_text(why), outcome_text(what), n) for (_, what, why), n in report.counts.most_common() if why]
    if held:
        lines += ["## Waarom anderen niet", table(("Reden", "Gevolg", "Aantal"), held)]
    if report.has_left_over:
        lines.append(
            f"Van een eerdere start: {dotted(report.retaken)} alsnog opgepakt, {dotted(report.expired)} verlopen."
        )
    if go_by:
        lines.append(f"Akkoord van {escaped(go_by)}.")
    lines.append(f"Van deze campagne in totaal verstuurd: {dotted(messages.get('accepted', 0))}.")
    waiting, doubtful = messages.get("planned", 0) + messages.get("sending", 0), messages.get("in_doubt", 0)
    if waiting:
        lines.append(
            f"Nog niet klaar: {dotted(waiting)}. Start de campagne opnieuw met dezelfde naam om verder te gaan."
        )
    if doubtful:
        lines.append(
            f"In twijfel: {dotted(doubtful)}. Niemand weet of die zijn aangekomen, en een nieuwe start verstuurt ze "
            "niet opnieuw; zie het artifact in-twijfel."
        )
    return "\n\n".join(lines)


def plan_markdown(
    programme: Programme,
    order: AcceptedOrder,
    campaign: Campaign,
    count: CampaignCount,
    samples: list[Sample],
    sent: TestSent | None,
    dry_run: bool,
) -> str:
    """How many, of which kinds, why others not, the test mail, and three mails to look at."""
    is_asked = needs_go(programme, count.to_send, None)
    parts = [
        f"# {escaped(campaign.template.label)}: {campaign.name}",
        "**Proef: er is niets verstuurd en niets vastgelegd.**" if dry_run else "",
        _when(order),
        audience_line(programme, campaign, count.to_send),
        f"**{dotted(count.to_send)}** {'mens krijgt' if count.to_send == 1 else 'mensen krijgen'} deze mail; "
        f"{dotted(count.recipients)} {'adres valt' if count.recipients == 1 else 'adressen vallen'} in de doelgroep."
        + (f" Daarvan kregen {dotted(count.has_it)} hem al." if count.has_it else ""),
        f"Aanbod: {escaped(campaign.offer)}." if campaign.offer else "Geen aanbod in de mail.",
        f"Dit zijn er meer dan {dotted(programme.caps.campaign_go_above)}: "
        "voor het versturen wordt om akkoord gevraagd."
        if is_asked
        else "",
        _test_line(sent),
        _kinds(programme, count),
        _reasons(count),
        *(_sample(number, sample, programme) for number, sample in enumerate(samples, start=1)),
    ]
    return "\n\n".join(filter(None, parts))


def audience_line(programme: Programme, campaign: Campaign, people: int) -> str:
    """ "Doelgroep: verbouwers met postcode 8900–8999; 41 mensen."."""
    return f"Doelgroep: {escaped(audience_words(programme, campaign.audience))}; {people_words(people)}."


def who_markdown(programme: Programme, campaign: Campaign, count: CampaignCount) -> str:
    """One row for each of the first people who get it."""
    rows = [(each.client_id, _segment(programme, each.segment), _tier(programme, each.tier)) for each in count.getting]
    people = table(("Klant", "Segment", "Trede"), rows) if rows else "Niemand."
    return f"# Wie {campaign.name} krijgt\n\n{_shown(count.to_send, 'krijgen de mail')}\n\n{people}"


def others_markdown(campaign: Campaign, count: CampaignCount) -> str:
    """One row for each of the first people who do not get it now, and why."""
    rows = [(each.client_id, outcome_text(each.outcome), reason_text(each.reason)) for each in count.not_getting]
    people = table(("Klant", "Gevolg", "Waarom"), rows) if rows else "Niemand."
    number = count.recipients - count.has_it - count.to_send
    return f"# Wie {campaign.name} nu niet krijgt\n\n{_shown(number, 'krijgen de mail nu niet')}\n\n{people}"


def _when(order: AcceptedOrder) -> str:
    if order.moment is None:
        return "Gaat meteen uit zodra u echt verstuurt."
    when = f"{date_words(order.moment.date())} om {order.moment:%H.%M} uur"
    return f"Gaat uit op {when}. Wie de mail dan krijgt, wordt op dat moment opnieuw bepaald."


def _test_line(sent: TestSent | None) -> str:
    if sent is None:
        return ""
    if not sent.went:
        return f"De proefmail is niet verstuurd: {escaped(sent.detail)}"
    if not sent.leaves_machine:
        return f"De proefmail staat in de outbox, als {sent.message_id}.eml; er gaat nu niets echt uit."
    return "De proefmail is verstuurd."


def _kinds(programme: Programme, count: CampaignCount) -> str:
    segments = [(_segment(programme, name), number) for name, number in count.segments.most_common()]
    tiers = [(_tier(programme, name), number) for name, number in count.tiers.most_common()]
    if not segments:
        return ""
    return f"{table(('Segment', 'Krijgen de mail'), segments)}\n\n{table(('Trede', 'Krijgen de mail'), tiers)}"


def _reasons(count: CampaignCount) -> str:
    rows = [(reason_text(reason), outcome_text(outcome), number) for outcome, reason, number in count.reasons()]
    if not rows:
        return ""
    note = "Uitgesteld: zij krijgen hem vanzelf zodra het mag, binnen de dagen van de campagne."
    return f"## Waarom anderen niet\n\n{table(('Reden', 'Gevolg', 'Aantal'), rows)}\n\n{note}"


def _sample(number: int, sample: Sample, programme: Programme) -> str:
    decision, mail = sample
    kind = f"{_segment(programme, decision.segment)}, {_tier(programme, decision.tier)}"
    who = f"klant {escaped(decision.client_id)}, {kind}"
    picture = f"![Zo ziet de mail eruit]({mail_picture(mail.html)})"
    heads = f"Van: {escaped(mail.sender_name)}  \nOnderwerp: **{escaped(mail.subject)}**"
    links = "De naam is verzonnen en de links in dit voorbeeld werken niet; in de echte mail wel."
    return f"## Voorbeeld {number}: {who}\n\n{heads}\n\n{picture}\n\n{links}\n\n{fenced(mail.text)}"


def _shown(number: int, verb: str) -> str:
    first = f"; hier de eerste {SHOWN_PEOPLE}" if number > SHOWN_PEOPLE else ""
    return f"{dotted(number)} {verb}{first}."


def _segment(programme: Programme, segment_id: str) -> str:
    return next((segment.label for segment in programme.segments if segment.id == segment_id), segment_id)


def _tier(programme: Programme, tier_id: str | None) -> str:
    return next((tier.label for tier in programme.tiers if tier.id == tier_id), "geen trede")
