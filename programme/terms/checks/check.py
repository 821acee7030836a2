"""Whether the parts of a programme file fit together, as far as the types in programme.terms.schema cannot tell.

`check` reports every fault at once. A part that is wrong in itself does not hide other faults: the rest of the file is
checked against whatever of that part can be understood.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from programme.terms.checks.brand import brand_faults
from programme.terms.checks.campaigns import campaign_faults
from programme.terms.checks.care import care_faults
from programme.terms.checks.payouts import payout_faults
from programme.terms.checks.project_types import type_faults
from programme.terms.checks.promises import promise_faults
from programme.terms.checks.tables import segment_reference, table_faults, tier_reference
from programme.terms.faults import Fault, Path, bare, did_you_mean, quoted, salvage, schema_faults, unknown
from programme.terms.kinds import kinds_of_rooms
from programme.terms.schema import Programme, Supersedes, Touchpoint

# The one anchor that each of these conditions fits, because it asks about that anchor's occasion. Conditions that are
# not listed fit any anchor.
ANCHOR_OF_CONDITION = {
    "no_feedback": "project_delivered",
    "latest_delivery_before_season": "season_start",
    "tier_at_least": "tier_reached",
    "no_higher_tier_since": "tier_reached",
    "no_order_since": "quote_rejected",
}


def check(
    raw: Mapping[str, Any],
    mail_files: Collection[str] | None = None,
    texts: Mapping[str, str] | None = None,
    asking: Collection[str] | None = None,
) -> list[Fault]:
    """All faults of a programme file, in the order of the schema, then of the references between its parts.

    Args:
        raw: the file as TOML gives it.
        mail_files: names of the files in templates/mail; None leaves the templates unchecked.
        texts: of the template files, by their path below templates/, to see what the mails promise.
        asking: the mails that ask a question; None leaves unchecked whether another leads to a page of answers.
    """
    try:
        programme, faults = Programme.model_validate(raw), []
    except ValidationError as error:
        programme, faults = salvage(Programme, raw), schema_faults(error, raw)
    known = {fault.path for fault in faults}
    found = [
        *_control_characters(raw),
        *brand_faults(programme),
        *type_faults(programme),
        *table_faults(programme),
        *payout_faults(programme),
        *care_faults(programme),
        *_touchpoint_faults(programme),
        *campaign_faults(programme),
        *_kind_faults(programme),
        *_experiment_faults(programme),
        *(_template_faults(programme, mail_files) if mail_files is not None else ()),
        *promise_faults(programme, texts or {}, asking),
    ]
    return faults + [fault for fault in found if fault.path not in known]


def _touchpoint_faults(programme: Programme) -> Iterator[Fault]:
    every = {name: touchpoint for name, touchpoint in (programme.touchpoints or {}).items() if touchpoint}
    if programme.touchpoints is not None and not programme.touchpoints:
        yield Fault(("touchpoints",), "holds no touchpoint; nobody would ever get a mail. Add [touchpoints.<name>].")
    for name, touchpoint in every.items():
        path: Path = ("touchpoints", name)
        yield from _anchor_faults(path, touchpoint)
        yield from _condition_faults(path, touchpoint, programme)
        yield from _supersedes_faults(path, name, touchpoint, every)
        if touchpoint.offer and programme.offers is not None and touchpoint.offer not in programme.offers:
            text = unknown("offer", touchpoint.offer, programme.offers, "[offers]")
            yield Fault((*path, "offer"), text, dutch="Deze code is er niet. Kies een andere.")
    yield from _cycles(every)


def _anchor_faults(path: Path, touchpoint: Touchpoint) -> Iterator[Fault]:
    """Keys that only make sense with a certain anchor.

    An anchor that is faulty itself (None) raises no second fault.
    """
    anchor = touchpoint.anchor
    is_of_project = anchor in (None, "project_delivered")
    if touchpoint.project_types and not is_of_project:
        yield Fault((*path, "project_types"), _needs_project(anchor))
    if touchpoint.value_below_cents is not None and not is_of_project:
        yield Fault((*path, "value_below_cents"), _needs_project(anchor))
    if touchpoint.value_below_cents == 0:
        yield Fault((*path, "value_below_cents"), "0 lets no project through; write an amount in cents, or delete it.")
    if touchpoint.to_next_season and anchor == "season_start":
        yield Fault((*path, "to_next_season"), "the anchor is a season start already; delete it.")
    if touchpoint.spread and not touchpoint.to_next_season and anchor not in (None, "season_start"):
        text = f"spreads a season's mails, but anchor {anchor} has no season; delete it, or add to_next_season = true."
        yield Fault((*path, "spread"), text)
    if touchpoint.target and touchpoint.target in (touchpoint.project_types or ()):
        text = (
            f"'{touchpoint.target}' is also in project_types: who had such a project has ordered it already, "
            "so for them it would never come due. Take it out of one of the two."
        )
        yield Fault((*path, "target"), text)


def _needs_project(anchor: str) -> str:
    return f"fits anchor project_delivered alone, and the anchor is {anchor}. Delete it, or change the anchor."


def _condition_faults(path: Path, touchpoint: Touchpoint, programme: Programme) -> Iterator[Fault]:
    for number, condition in enumerate(touchpoint.conditions or ()):
        if condition is None or condition.name is None:
            continue
        where = (*path, "conditions", number)
        needed = ANCHOR_OF_CONDITION.get(condition.name)
        if needed and touchpoint.anchor not in (None, needed):
            text = f"'{condition.name}' needs anchor {needed}, and the anchor is {touchpoint.anchor}. Change either."
            yield Fault((*where, "name"), text)
        if condition.name == "tier_at_least" and condition.tier is not None:
            yield from tier_reference((*where, "tier"), condition.tier, programme)
        if condition.name == "not_of_segment" and condition.segment is not None:
            yield from segment_reference((*where, "segment"), condition.segment, programme)


def _supersedes_faults(
    path: Path, name: str, touchpoint: Touchpoint, every: Mapping[str, Touchpoint]
) -> Iterator[Fault]:
    seen = set()
    for number, superseded in enumerate(touchpoint.supersedes or ()):
        if superseded is None or superseded.touchpoint is None:
            continue
        where = (*path, "supersedes", number, "touchpoint")
        other_name = superseded.touchpoint
        if other_name == name:
            yield Fault(where, "a touchpoint cannot supersede itself; name another, or delete it.")
        elif other_name not in every:
            yield Fault(where, unknown("touchpoint", other_name, every, "[touchpoints]"))
        elif other_name in seen:
            yield Fault(where, f"'{other_name}' is named twice; delete one.")
        else:
            yield from _pair_faults((*path, "supersedes", number), touchpoint, superseded, every[other_name])
        seen.add(other_name)


def _pair_faults(path: Path, touchpoint: Touchpoint, superseded: Supersedes, other: Touchpoint) -> Iterator[Fault]:
    if None not in (touchpoint.flow, other.flow) and touchpoint.flow != other.flow:
        text = (
            f"'{superseded.touchpoint}' is of flow {other.flow} and this one of {touchpoint.flow}; "
            "a flow sees its own touchpoints alone. Delete it, or move one of them."
        )
        yield Fault((*path, "touchpoint"), text)
    others = sorted({str(anchor) for anchor in (touchpoint.anchor, other.anchor)} - {"None", "project_delivered"})
    if superseded.same_occasion and others:
        text = (
            f"an occasion is shared only where both anchors are project_delivered, and one is {others[0]}. "
            "Delete same_occasion, or change the anchor."
        )
        yield Fault((*path, "same_occasion"), text)


def _cycles(every: Mapping[str, Touchpoint]) -> Iterator[Fault]:
    """One fault for each ring of touchpoints that supersede each other, reported at its first name."""
    targets = {
        name: [other.touchpoint for other in touchpoint.supersedes or () if other and other.touchpoint in every]
        for name, touchpoint in every.items()
    }
    reported: set[str] = set()
    for name in targets:
        ring = None if name in reported else _ring_from(name, targets)
        if ring and len(ring) > 1:
            reported |= set(ring)
            rounds = " → ".join(bare(step) for step in (*ring, name))
            text = f"go round in a ring: {rounds}; then none of them is ever sent. Delete one of the steps."
            yield Fault(("touchpoints", name, "supersedes"), text)


def _ring_from(start: str, targets: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest path from `start` back to it, without the return; None when there is none."""
    ways, seen = [[start]], {start}
    for way in ways:
        for target in targets[way[-1]]:
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return None


NOBODY_HELD_OUT = "is a survey by hand, which asks rules of its own and holds nobody out; name another mail."


def _experiment_faults(programme: Programme) -> Iterator[Fault]:
    every = {name: experiment for name, experiment in (programme.experiments or {}).items() if experiment}
    for name, experiment in every.items():
        path: Path = ("experiments", name)
        known = {**(programme.touchpoints or {}), **(programme.campaigns or {})}
        if experiment.touchpoint and programme.touchpoints and experiment.touchpoint not in known:
            text = unknown("touchpoint", experiment.touchpoint, known, "[touchpoints]")
            yield Fault((*path, "touchpoint"), text)
        template = (programme.campaigns or {}).get(experiment.touchpoint)
        if template and template.survey:
            yield Fault((*path, "touchpoint"), NOBODY_HELD_OUT)
        if experiment.first_on and experiment.last_on and experiment.first_on > experiment.last_on:
            text = f"{experiment.last_on} lies before first_on {experiment.first_on}; change either."
            yield Fault((*path, "last_on"), text, dutch="De laatste dag ligt voor de eerste.")
    for (first_name, first), (second_name, second) in combinations(every.items(), 2):
        # Overlapping experiments on one touchpoint would each measure the other's effect.
        if first.touchpoint == second.touchpoint and _overlap(first, second):
            text = (
                f"overlaps {quoted(first_name)} on touchpoint {first.touchpoint}: neither effect could be told "
                "from the other's. Let one end before the other begins."
            )
            dutch = "In deze dagen loopt al een proef met deze mail. Kies dagen erna."
            yield Fault(("experiments", second_name, "first_on"), text, dutch=dutch)


def _overlap(first: Any, second: Any) -> bool:
    days = (first.first_on, first.last_on, second.first_on, second.last_on)
    return None not in days and first.first_on <= second.last_on and second.first_on <= first.last_on


def _template_faults(programme: Programme, mail_files: Collection[str]) -> Iterator[Fault]:
    for table, mailings in (("touchpoints", programme.touchpoints), ("campaigns", programme.campaigns)):
        for name, mailing in (mailings or {}).items():
            file = f"{name}.jinja"
            if mailing and name.isidentifier() and file not in mail_files:
                text = f"templates/mail/{file} does not exist; write it.{did_you_mean(file, mail_files)}"
                yield Fault((table, name), text)


def _kind_faults(programme: Programme) -> Iterator[Fault]:
    """Names that a room already uses for its own mails: the message log could not tell the two apart."""
    taken = {kind.id for kind in kinds_of_rooms()}
    for table, mailings in (("touchpoints", programme.touchpoints), ("campaigns", programme.campaigns)):
        for name in taken & (mailings or {}).keys():
            text = "is the name of a mail that the system makes itself, and the message log could not tell them apart."
            yield Fault((table, name), f"{text} Rename it.")


def _control_characters(value: Any, path: Path = ()) -> Iterator[Fault]:
    """Control characters in any text.

    Texts go into mail headers and single lines, where a line break is an attack or a fault.
    """
    if isinstance(value, str):
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            yield Fault(path, f"{quoted(value)} holds a line break or another control character; take it out.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _control_characters(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _control_characters(inner, (*path, number))
