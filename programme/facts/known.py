"""What was known about a recipient on a day (programme section 1), for a forecast from that day.

A run needs none of this: its rules look no further than the run's own day. A forecast asks the rules about later days,
so it must first remove the facts that were dated after its start.
"""

from dataclasses import replace
from datetime import date

from programme.facts.records import Client, Delivery, Feedback, Invoice, Project, Quote, Recipient, Spell, WonReferral


def known_at(recipient: Recipient, as_of: date) -> Recipient:
    """The recipient as known on `as_of`: later facts are removed, and later dates within a fact are cleared.

    All messages stay, because a message closes its key whatever its date.
    """
    since = recipient.suppressed_since
    return replace(
        recipient,
        clients=tuple(_client_at(client, as_of) for client in recipient.clients),
        suppressed_since=since if since is not None and since <= as_of else None,
        feedback_of_others=_feedback_at(recipient.feedback_of_others, as_of),
        preferences=tuple(one for one in recipient.preferences if one.on <= as_of),
    )


def _client_at(client: Client, as_of: date) -> Client:
    return replace(
        client,
        projects=tuple(_project_at(each, as_of) for each in client.projects if each.ordered_on <= as_of),
        feedback=_feedback_at(client.feedback, as_of),
        quotes=tuple(_quote_at(each, as_of) for each in client.quotes if each.sent_on <= as_of),
        invoices=tuple(_invoice_at(each, as_of) for each in client.invoices if each.issued_on <= as_of),
        won_referrals=tuple(won for each in client.won_referrals if (won := _won_at(each, as_of)).spells),
    )


def _project_at(project: Project, as_of: date) -> Project:
    return project._replace(
        delivered_on=_known(project.delivered_on, as_of), cancelled_on=_known(project.cancelled_on, as_of)
    )


def _feedback_at(feedback: tuple[Feedback, ...], as_of: date) -> tuple[Feedback, ...]:
    return tuple(
        each._replace(resolved_on=_known(each.resolved_on, as_of)) for each in feedback if each.given_on <= as_of
    )


def _quote_at(quote: Quote, as_of: date) -> Quote:
    decided_on = _known(quote.decided_on, as_of)
    return quote._replace(decided_on=decided_on, decision=quote.decision if decided_on else None)


def _invoice_at(invoice: Invoice, as_of: date) -> Invoice:
    return invoice._replace(paid_on=_known(invoice.paid_on, as_of))


def _won_at(won: WonReferral, as_of: date) -> WonReferral:
    return won._replace(
        deliveries=tuple(
            Delivery(each.delivered_on, _known(each.cancelled_on, as_of))
            for each in won.deliveries
            if each.delivered_on <= as_of
        ),
        # A review that comes later is not known yet, so a turn that it will end has no end.
        spells=tuple(
            Spell(each.from_on, each.until_on if each.until_on <= as_of else date.max)
            for each in won.spells
            if each.from_on <= as_of
        ),
    )


def _known(day: date | None, as_of: date) -> date | None:
    return day if day is not None and day <= as_of else None
