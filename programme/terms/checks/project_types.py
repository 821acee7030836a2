"""Whether a programme file's types of projects make sense, and each place that names one names one that is there."""

from collections.abc import Iterator, Mapping, Sequence

from programme.terms.faults import Fault, Path, did_you_mean, quoted
from programme.terms.project_types import OTHER, SHIPPED_TYPES
from programme.terms.schema import Programme

LISTS = ("follows", "larger")


def type_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [project_types] itself, then the types that other tables name."""
    types = SHIPPED_TYPES if programme.project_types is None else programme.project_types
    known = [*types] if OTHER in types else [*types, OTHER]
    for name, terms in types.items():
        if terms is None:
            continue
        for key in ("label", "the", "yours", "a", "many"):
            if getattr(terms, key) == "":
                text = "is empty, and mails and pages place it in a sentence; fill it in."
                yield Fault(("project_types", name, key), text)
        for key in LISTS:
            yield from _list_faults(("project_types", name, key), getattr(terms, key), known)
    yield from _label_faults({name: terms.label for name, terms in types.items() if terms and terms.label})
    yield from _named(programme, known)


def _label_faults(labels: Mapping[str, str]) -> Iterator[Fault]:
    """The export may have the label of a type in the place of its id, so each label is of one type."""
    seen: dict[str, str] = {name: name for name in labels}
    for name, label in labels.items():
        other = seen.setdefault(label.lower(), name)
        if other != name:
            text = f"{quoted(label)} is also what '{other}' is called, and the export may have either. Change one."
            yield Fault(("project_types", name, "label"), text)


def _named(programme: Programme, known: Sequence[str]) -> Iterator[Fault]:
    for name in (programme.brand and programme.brand.services_url) or ():
        yield from _reference(("brand", "services_url", name), name, known)
    for key in ("natural_path", "path_ends_early_from"):
        terms = programme.personalisation
        yield from _list_faults(("personalisation", key), getattr(terms, key) if terms else (), known)
    for touchpoint_id, touchpoint in (programme.touchpoints or {}).items():
        if touchpoint is None:
            continue
        path: Path = ("touchpoints", touchpoint_id)
        yield from _list_faults((*path, "project_types"), touchpoint.project_types, known)
        if touchpoint.target is not None:
            yield from _reference((*path, "target"), touchpoint.target, known)


def _list_faults(path: Path, names: Sequence[str | None] | None, known: Sequence[str]) -> Iterator[Fault]:
    for number, name in enumerate(names or ()):
        if name is not None:
            yield from _reference((*path, number), name, known)


def _reference(path: Path, name: str, known: Sequence[str]) -> Iterator[Fault]:
    if name not in known:
        yield Fault(path, f"{quoted(name)} is not known; allowed: {', '.join(known)}.{did_you_mean(name, known)}")
