"""A firm with types of projects of its own: in sentences, in the file's faults, and in its export."""

import tomllib

import pytest

from programme.mail.together import project_words, reference_words
from programme.referrals.sign_up import read_sign_up
from programme.rules.groups.offers import has_idea, larger_plans
from programme.terms.checks.check import check
from programme.terms.project_types import OTHER, SHIPPED_TYPES
from tasks.importing.reading.sheets import sheets_of
from tests import factories

POND = {"label": "Vijver & beek", "the": "de vijver", "yours": "uw vijver", "a": "een vijver", "many": "vijvers"}
PLANTS = {
    "label": "Beplanting", "the": "de beplanting", "yours": "uw beplanting", "a": "nieuwe beplanting",
    "many": "beplantingen", "follows": ["vijver"], "larger": ["vijver"],
}  # fmt: skip
TYPES = {"project_types": {"vijver": POND, "beplanting": PLANTS}}
OURS = {"personalisation.natural_path": ["beplanting", "vijver"], "personalisation.path_ends_early_from": []}
GARDENER = factories.programme(**TYPES, **OURS)


def test_a_sentence_names_the_firm_s_own_types() -> None:
    """In the order of the file; a type that the file no longer has is other work."""
    pond, plants, old = (
        factories.project(f"P{number}", type=each) for number, each in enumerate(("vijver", "beplanting", "dakkapel"))
    )
    assert project_words(GARDENER.types, (plants, pond), True) == "uw vijver en uw beplanting"
    assert project_words(GARDENER.types, (old,), True, done=True) == "uw project"
    assert project_words(GARDENER.types, (old, pond), True) == "uw vijver en een ander project"
    assert reference_words(GARDENER.types, (old, pond)) == "de vijver en het project (Kerkweg 1)"


def test_what_follows_is_of_the_file() -> None:
    """Where nothing is larger, or all of it was ordered, a mail still has something to name."""
    types = GARDENER.types
    assert has_idea(types, "beplanting", ["beplanting"])
    assert not has_idea(types, "beplanting", ["beplanting", "vijver"])
    assert larger_plans(types, "beplanting", ["beplanting"]) == ["vijver"]
    assert larger_plans(types, "beplanting", ["beplanting", "vijver"]) == ["vijver"]
    assert larger_plans(types, "vijver", ["vijver"]) == [OTHER]


def test_the_form_and_the_export_have_them() -> None:
    """The form refuses a type of another firm, and the export may have a label in the place of an id."""
    assert GARDENER.types.choices == {"vijver": "Vijver & beek", "beplanting": "Beplanting", "overig": "Iets anders"}
    asked = {"naam": "Vera", "email": "vera@voorbeeld.nl", "soort": "dakkapel"}
    assert list(read_sign_up(asked, GARDENER.types)[1]) == ["soort"]
    (read,) = {
        column.read
        for sheet in sheets_of(GARDENER.types_in_export)
        for column in sheet.columns
        if column.name == "type"
    }
    assert [read(text) for text in ("Vijver", "VIJVER & beek", "overig")] == ["vijver", "vijver", "overig"]
    with pytest.raises(ValueError, match="is not one of vijver, beplanting"):
        read("dakkapel")


def test_types_that_are_not_there_are_faults() -> None:
    """Wherever the file names one, by its place and with those that there are."""
    raw = tomllib.loads((factories.ROOT / "programme.toml").read_text("utf-8"))
    raw |= {
        "project_types": {"vijver": POND, "beplanting": PLANTS | {"label": "vijver", "the": "", "larger": ["viver"]}}
    }
    found = {fault.key: fault.text for fault in check(raw)}
    assert "Did you mean 'vijver'?" in found["project_types.beplanting.larger[0]"]
    assert "is empty" in found["project_types.beplanting.the"]
    assert "also what 'vijver' is called" in found["project_types.beplanting.label"]
    assert "allowed: vijver, beplanting, overig" in found["touchpoints.dakkapel_to_uitbouw.target"]
    assert {"personalisation.natural_path[0]", "touchpoints.permit_check.project_types[0]"} <= set(found)


def test_the_types_that_ship_are_those_of_the_export() -> None:
    """A file without types of its own has those of the contract, and takes no label for one."""
    shipped = factories.shipped_programme()
    assert [*shipped.types] == ["dakkapel", "uitbouw", "draagmuur", "fundering", "renovatie", "overig"]
    assert shipped.types_in_export == {each: each for each in SHIPPED_TYPES}
