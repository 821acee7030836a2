"""A likeness that forgot a fact would give somebody another's decision, and the comparison would find it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from models.consent import Chosen, Proof, choose
from models.database.engine import writing
from models.settings import Settings
from models.tables import (
    clients,
    feedback,
    invoices,
    messages,
    projects,
    referrals,
    suppressions,
)
from programme.campaigns.campaign import Campaign, Judged
from programme.campaigns.likeness import LikenessRule
from programme.campaigns.sorts import SortRule
from programme.rules.alike.project_likeness import ProjectLikeness
from tasks.base.workspace import Workspace
from tests import factories as make
from tests.tasks.campaigns.alike.rarities import ASKED, OTHER_ADDRESS, campaign_of, judged_of, with_terms
from tests.tasks.campaigns.base import DAY

pytestmark = pytest.mark.slow


def _without(part: slice, of: Callable[..., Any]) -> Callable[..., Any]:
    def forgetful(*arguments: Any) -> Any:
        found = of(*arguments)
        return found[: part.start] + found[part.stop :]

    return forgetful


# Clients as their neighbour but for one fact: what the likeness must not forget.
_PLAIN = {"kind": "consument", "consent": "yes", "projects": [{}]}
_TWINS: tuple[dict[str, Any], ...] = (
    _PLAIN,
    _PLAIN | {"recipient": ""},
    _PLAIN | {"kind": "aannemer"},
    _PLAIN | {"consent": "no"},
    _PLAIN | {"suppressed": True},
    _PLAIN | {"case": True},
    _PLAIN | {"refers": True},
    _PLAIN | {"mailed": "anniversary"},
    _PLAIN | {"mailed": "lentebrief"},
    _PLAIN | {"consent": "unknown"},
    _PLAIN | {"consent": "unknown", "projects": [{"delivered_on": None, "ordered_on": DAY + timedelta(days=1)}]},
    _PLAIN | {"projects": [{"delivered_on": None, "ordered_on": DAY + timedelta(days=1)}]},
    _PLAIN | {"projects": [{"delivered_on": None}]},
    _PLAIN | {"projects": []},
    _PLAIN | {"projects": [{"cancelled_on": DAY}], "consent": "unknown"},
    _PLAIN | {"projects": [{"built_year": DAY.year - 2}]},
    _PLAIN | {"projects": [{"value_cents": 1_200_000}]},
    _PLAIN | {"projects": [{"value_cents": 1_200_000}], "owes": True},
    _PLAIN | {"projects": [{}, {}]},
    _PLAIN | {"projects": [{}, {"delivered_on": None}]},
    _PLAIN | {"projects": [{}, {"delivered_on": None, "cancelled_on": DAY}]},
    _PLAIN | {"projects": [{}, {"address": "Dam 2"}]},
    _PLAIN | {"projects": [{}, {"value_cents": 1_200_000}]},
    _PLAIN | {"projects": [{}, {}], "consent": "unknown"},
    _PLAIN | {"projects": [{"cancelled_on": DAY}, {"cancelled_on": DAY}], "consent": "unknown"},
    *[_PLAIN] * 6,  # some are held out
    _PLAIN | {"projects": [{"postcode": "1000 AA"}]},
    _PLAIN | {"projects": [{"postcode": "1000 AA", "monument": True}]},
    _PLAIN | {"projects": [{"type": "fundering"}]},
    _PLAIN | {"projects": [{"type": "fundering"}, {"type": "fundering"}]},
    _PLAIN | {"projects": [{"postcode": "1000 AA"}, {"postcode": "1000 AA"}]},
    _PLAIN | {"erased_on": DAY},
    _PLAIN | {"name": "Anna Bos (overleden)"},
    _PLAIN | {"pauses": True},
)


def _add_twins(connection: Any) -> None:
    ago = DAY - timedelta(days=100)
    base = {"type": "dakkapel", "value_cents": 60_000, "ordered_on": ago, "delivered_on": ago, "address": "Kerkweg 1",
            "postcode": "8921 AB", "cancelled_on": None, "built_year": None}  # fmt: skip
    for number, twin in enumerate(_TWINS):
        client_id, address = f"T{number:02d}", twin.get("recipient", f"t{number:02d}@voorbeeld.nl")
        told = {"client_id": client_id, "recipient": address, "kind": twin["kind"], "consent": twin["consent"]}
        told |= {"name": twin.get("name", "Anna Bos"), "erased_on": twin.get("erased_on")}
        connection.execute(insert(clients).values(**told, channel="email", id_crc32=0))
        for each, changes in enumerate(twin["projects"]):
            values = base | changes | {"project_id": f"{client_id}-{each}", "client_id": client_id}
            connection.execute(insert(projects).values(**values))
        if twin.get("suppressed"):
            connection.execute(insert(suppressions).values(email=address, reason="manual", since=DAY))
        if twin.get("case"):
            told = {"feedback_id": client_id, "client_id": client_id, "given_on": DAY, "kind": "other"}
            connection.execute(insert(feedback).values(**told, negative=True, origin="import"))
        if twin.get("owes"):
            told = {"invoice_id": client_id, "client_id": client_id, "amount_cents": 1}
            connection.execute(insert(invoices).values(**told, issued_on=ago, due_on=ago))
        if twin.get("pauses"):
            choose(
                connection, address, [Chosen("pause", "3", "")], Proof("preferences", datetime(2026, 2, 25, tzinfo=UTC))
            )
        if twin.get("refers"):
            told = {"referral_id": client_id, "referrer_id": client_id, "referred_client_id": "T00"}
            connection.execute(insert(referrals).values(**told, invited_on=ago, signed_up_on=ago))
        if kind := twin.get("mailed"):
            is_it = kind == "lentebrief"
            told = {"client_id": client_id, "touchpoint": "newsletter" if is_it else kind, "flow": "daily"}
            told |= {"recipient": OTHER_ADDRESS if is_it else address, "status": "accepted", "attempts": 1}
            days = {"as_of": DAY, "due_on": DAY, "closes_on": DAY}
            occasion = "lentebrief-2026" if is_it else "1"
            connection.execute(
                insert(messages).values(**told, **days, occasion=occasion, purpose="marketing", message_id=client_id)
            )


@pytest.fixture(scope="module")
def rightly(lasting_engine: Engine) -> Callable[[int], tuple[Workspace, Campaign, list[Judged]]]:
    """A campaign to the twins by its number, and what is decided: for those alike once, as for each alone."""
    with writing(lasting_engine) as connection:
        _add_twins(connection)
    settings = Settings(_env_file=None, secret_key="key")  # type: ignore[call-arg]
    workspace = with_terms(Workspace(settings, make.programme(), lasting_engine))

    @cache
    def decided(number: int) -> tuple[Workspace, Campaign, list[Judged]]:
        asked = campaign_of(workspace, ASKED[number])
        alike = judged_of(workspace, asked)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(LikenessRule, "applies", False)
            assert alike == judged_of(workspace, asked)
        return workspace, asked, alike

    return decided


@pytest.mark.parametrize("lasting_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "part", "number"),
    [
        *(("facts_of", slice(part, part + 1), 0) for part in (0, 2, 3, 4, 5)),
        # An address counts for those with several projects.
        *(("_parts_of", slice(part, part + 1), 0) for part in range(10) if part != 7),
        *(("_of_record", slice(part, part + 1), 0) for part in range(5)),
        # Of ordered, delivered and running one follows from the others; an address counts where one makes a segment.
        *(("of_only", part, 0) for part in (slice(0, 3), slice(3, 4), slice(5, 6))),
        *(("of_several", slice(part, part + 1), 0) for part in (1, 2, 3)),  # who had a delivery has a tier
        # What an audience asks of projects: postcode and monument, type.
        *((name, slice(part, part + 1), 3) for name, part in (("_of_record", 5), ("_parts_of", 10), ("_parts_of", 13))),
        *((name, slice(part, part + 1), 4) for name, part in (("_of_record", 5), ("_parts_of", 11))),
    ],
)
def test_a_likeness_that_forgets_a_fact_is_found_out(
    rightly: Callable[[int], tuple[Workspace, Campaign, list[Judged]]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    part: slice,
    number: int,
) -> None:
    """Without any one of its facts somebody gets another's decision, so the comparison with each alone can fail."""
    workspace, asked, right = rightly(number)
    holder = next(each for each in (LikenessRule, SortRule, ProjectLikeness) if hasattr(each, name))
    monkeypatch.setattr(holder, name, _without(part, getattr(holder, name)))
    assert judged_of(workspace, asked) != right
