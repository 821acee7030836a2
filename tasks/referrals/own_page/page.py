"""All that one client's own page shows, as of a day; and the one thing that is chosen there."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Engine, select, update

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.present import clients
from models.tables import client_codes, page_choices
from programme.facts.records import Client
from programme.money.reward_table import RewardTable
from programme.money.settling import Payee
from programme.money.standing import Standing
from programme.referrals.happenings import Happening
from programme.rules.groups.offers import missing_words, next_tier
from programme.rules.groups.progress import Progress, progress_to
from programme.rules.groups.tiers import measure_of, tier_of
from programme.terms.schema import Programme, Tier
from tasks.clients.facts.audience import read_recipients
from tasks.money.payees import read_payees
from tasks.referrals.links.referrers import Referrer, referrer_within
from tasks.referrals.own_page.happenings import read_happenings
from tasks.referrals.own_page.partner_page import PartnerPage, partner_page
from tasks.referrals.partners import commissions_within
from tasks.referrals.standing import standing_within

# Of club.css, from the lowest tier to the highest; a tier beyond the last has the last, as in mails.
METALS = ("brons", "zilver", "goud", "platinum")


class Membership(NamedTuple):
    """The client's tier, its metal, the tier above, and what is missing for it; None and "" where there is none."""

    tier: Tier | None
    metal: str
    above: Tier | None
    missing: str
    progress: Progress | None


class OwnPage(NamedTuple):
    """What a client's own page shows.

    Attributes:
        partner: None for who is no partner.
        payee: the account that payouts go to.
    """

    referrer: Referrer
    membership: Membership
    standing: Standing
    partner: PartnerPage | None
    happenings: list[Happening]
    payee: Payee


def read_own_page(engine: Engine, programme: Programme, code: str, as_of: date) -> OwnPage | None:
    """None for a code that nobody has, or whose client's data were erased."""
    with reading(engine) as connection:
        referrer = referrer_within(connection, programme, code, as_of)
        if referrer is None:
            return None
        client_id = referrer.client_id
        found = read_recipients(connection, programme, [client_id], as_of, with_activity=False)
        if not found:
            return None  # the export no longer has the client: as if it were not there
        client = found[0].client(client_id)
        commissions = commissions_within(connection, programme, as_of, client_id) if referrer.is_partner else []
        standing = standing_within(connection, programme, client_id, as_of)
        table = RewardTable(programme.referral.steps) if standing.earns else None
        return OwnPage(
            referrer,
            _membership(programme, client, as_of),
            standing,
            partner_page(connection, programme, client_id, commissions, as_of) if referrer.is_partner else None,
            read_happenings(connection, client, table, commissions, as_of),
            read_payees(connection, [client_id])[client_id],
        )


def client_of_code(engine: Engine, code: str) -> str | None:
    """None for a code that nobody has, or whose client's data were erased."""
    with reading(engine) as connection:
        query = select(clients.c.client_id).join(client_codes, client_codes.c.client_id == clients.c.client_id)
        return connection.execute(query.where(client_codes.c.code == code, clients.c.erased_on.is_(None))).scalar()


def choose_first_name(engine: Engine, client_id: str, may_appear: bool, at: datetime) -> None:
    """Whether the first name may stand on the page behind the link, from now on. Safe to repeat."""
    values = {"first_name_may_appear": may_appear, "changed_at": at}
    with writing(engine) as connection:
        row = [client_id, may_appear, at]
        insert_rows(connection, page_choices, ["client_id", *values], [row], ignore_existing=True)
        connection.execute(update(page_choices).where(page_choices.c.client_id == client_id).values(**values))


def _membership(programme: Programme, client: Client, as_of: date) -> Membership:
    tier, measure = tier_of(programme, client, as_of), measure_of(client, as_of)
    metal = METALS[min(programme.tiers.index(tier), len(METALS) - 1)] if tier else ""
    above = next_tier(programme, tier) if tier else programme.tiers[0]
    if above is None:
        return Membership(tier, metal, None, "", None)
    return Membership(tier, metal, above, missing_words(above, measure), progress_to(above, measure))
