"""Status reports of the bank: what it rejected, and how much of a file."""

import pytest

from programme.money.bank.payments import Rejection
from tasks.money.bank.feedback import read_feedback
from tests.tasks.money.bank_files import OURS, Status, status_report

BATCH = "S20261201-1"
ONE, TWO = f"{BATCH}-0001", f"{BATCH}-0002"
VERSIONS = ("03", "10")


def rejections(data: bytes) -> list[Rejection]:
    feedback = read_feedback(data, "status.xml", OURS)
    assert not feedback.entries
    return list(feedback.rejections)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rejected_payment_has_its_reason(version: str) -> None:
    """Of a file that was taken in part; payments with another status are not told."""
    data = status_report(
        [Status(ONE, "RJCT", "AC04"), Status(TWO, "ACSC"), Status("x", "PDNG", "MS03")], version, group=("PART", "")
    )
    assert rejections(data) == [Rejection(ONE, BATCH, BATCH, "AC04", "RJCT")]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rejected_file_is_all_of_it(version: str) -> None:
    """One rejection for the message, none for its payments, which the report does not name."""
    assert rejections(status_report([], version, group=("RJCT", "AM05"))) == [
        Rejection(None, None, BATCH, "AM05", "RJCT")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rejected_payment_information_is_all_of_that(version: str) -> None:
    """Its payments with a reason of their own come first, so that each keeps its own."""
    data = status_report([Status(ONE, "", "AC01"), Status(TWO, "")], version, part=("RJCT", "DT01"))
    assert rejections(data) == [
        Rejection(ONE, BATCH, BATCH, "AC01", "RJCT"),
        Rejection(None, BATCH, BATCH, "DT01", "RJCT"),
    ]


def test_the_reason_of_the_whole_is_not_that_of_a_payment() -> None:
    """AC01 of the whole is our own account; no client's may be called invalid for it."""
    data = status_report([Status(ONE, "RJCT"), Status(TWO, "RJCT", "AC04")], part=("RJCT", "AC01"), group=("RJCT", ""))
    assert rejections(data) == [
        Rejection(TWO, BATCH, BATCH, "AC04", "RJCT"),
        Rejection(None, BATCH, BATCH, "AC01", "RJCT"),
        Rejection(None, None, BATCH, "", "RJCT"),
    ]


def test_a_payment_without_reason_is_rejected_too() -> None:
    """When nothing larger is."""
    data = status_report([Status(ONE, "RJCT")], part=("PART", ""))
    assert rejections(data) == [Rejection(ONE, BATCH, BATCH, "", "RJCT")]


@pytest.mark.parametrize("status", ["ACCP", "ACSP", "ACSC", "ACTC", "ACWC", "PART", "PDNG", "RCVD", "rjct", ""])
def test_every_other_status_says_nothing(status: str) -> None:
    """Accepted by the bank is not paid: that says the statement."""
    data = status_report([Status(ONE, status, "AC04")], part=(status, "AC04"), group=(status, "AC04"))
    assert rejections(data) == []


def test_a_report_on_collections_is_other_business() -> None:
    """A rejected direct debit rejects no payment of ours, whatever its ids."""
    assert rejections(status_report([Status(ONE)], group=("RJCT", "AM05"), original="pain.008.001.08")) == []


def test_a_payment_whose_id_is_missing_is_not_the_whole() -> None:
    """ "" is nobody's id; None would be everybody."""
    data = status_report([Status(ONE, "RJCT", "AC04")]).replace(
        f"<OrgnlEndToEndId>{ONE}</OrgnlEndToEndId>".encode(), b""
    )
    assert rejections(data) == [Rejection("", BATCH, BATCH, "AC04", "RJCT")]
    data = status_report([], part=("RJCT", "X")).replace(f"<OrgnlPmtInfId>{BATCH}</OrgnlPmtInfId>".encode(), b"")
    assert rejections(data) == [Rejection(None, "", BATCH, "X", "RJCT")]


def test_a_bank_s_own_code_is_one_too() -> None:
    """At most 35 characters, one line."""
    data = status_report([Status(ONE, "RJCT", "AC04")]).replace(b"<Cd>AC04</Cd>", b"<Prtry>Rekening\nopgeheven</Prtry>")
    assert [rejection.reason for rejection in rejections(data)] == ["Rekening opgeheven"]
