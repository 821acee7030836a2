"""A stored page of a campaign: those alike are rows until they are composed (tasks/runs/deciding/composing)."""

from collections.abc import Iterable, Iterator
from datetime import date

from programme.campaigns.likeness import Brief, client_of, recipient_of
from programme.facts.projects import delivered
from programme.facts.records import Client, Recipient
from programme.mail.project_words import AboutProject
from tasks.campaigns.alike.page import CampaignPage
from tasks.campaigns.alike.rows import CLIENT_ID, CODE, NAME, Row, brief_of, own_project_of
from tasks.runs.deciding.chunks import DecidedAlike, PlanChunk, Reading, Seen


def chunk_of(page: CampaignPage, as_of: date) -> PlanChunk:
    """The page as it is stored, but for the mails of those who were judged as others alike."""
    known = {client_id: each for alike in page.alike for client_id, each in alike.briefs.items()}

    def who(row: Row) -> tuple[Client, Recipient]:
        brief, place = known.get(row[CLIENT_ID]) or (brief_of(row), 0)
        return client_of(brief, brief.records[place]), recipient_of(brief)

    def project(row: Row) -> AboutProject:
        if (found := known.get(row[CLIENT_ID])) is None:
            return own_project_of(row)
        brief, place = found
        return delivered(brief.records[place].projects, as_of)[-1]  # only mails that say something of it ask

    reading = Reading(NAME, CODE, who, project)
    return PlanChunk(page.own_decisions, page.recipients, list(_decided(page)), _seen(page.briefs), reading)


def _decided(page: CampaignPage) -> Iterator[DecidedAlike]:
    """Those alike; who already has the message has no decision."""
    for alike in page.alike:
        if (decision := alike.judged.decision) is not None:
            rows = () if alike.mail is None else alike.rows
            yield DecidedAlike(decision, alike.own, None, alike.is_followed, rows, alike.mail)


def _seen(briefs: Iterable[Brief]) -> set[Seen]:
    """The messages that the decisions about those alike knew of."""
    return {(each.client_id, each.touchpoint, each.occasion, each.as_of) for brief in briefs for each in brief.messages}
