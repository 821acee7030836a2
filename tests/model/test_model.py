"""What can be said of the model without spin."""

import re
from importlib import import_module

import pytest

from tests.model.checking import MODEL, SMALL, faults

NAMES = sorted(set(re.findall(r"\b((?:tasks|programme)\.[a-z_.]+\.[A-Za-z_]+)\b", MODEL.read_text())))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_step_stands_for_exists(name: str) -> None:
    """Each function that the model names is one of the code: who renames it must look at the model."""
    module, _, function = name.rpartition(".")
    assert hasattr(import_module(module), function)


def test_the_model_names_every_writer_of_a_status() -> None:
    """Each cause of a change has its step; the causes that the model leaves out are those that only name another."""
    assert len(NAMES) >= 12
    assert len(faults()) >= 10
    assert SMALL.requests == 3
