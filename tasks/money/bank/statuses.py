"""pain.002, the bank's report on the status of our payment files: what it rejected. Every other status says nothing."""

from collections.abc import Iterator

from programme.money.bank.payments import Rejection
from programme.words.plain_text import clean
from tasks.money.bank.documents import Document, Node

REJECTED = "RJCT"
LONGEST_CODE = 35  # characters: a bank's own code; those of ISO have four


def read_rejections(document: Document) -> Iterator[Rejection]:
    """What the report rejects, the narrowest first: payments, then payment informations, then the whole file.

    A payment of which the report says no more than of the whole is left to the whole. So a code about the whole
    (AC01 is then our own account) is never taken for one about the payment.
    """
    report = document.root.node("CstmrPmtStsRpt")
    group = report and report.node("OrgnlGrpInfAndSts")
    if not report or not group or not _is_of_payments(group):
        return
    message = group.text("OrgnlMsgId")
    group_status = group.text("GrpSts")
    parts = list(report.nodes("OrgnlPmtInfAndSts"))
    for part in parts:
        yield from _of_payments(part, message, part.text("PmtInfSts") or group_status)
    for part in parts:
        if part.text("PmtInfSts") == REJECTED:
            yield Rejection(None, part.text("OrgnlPmtInfId"), message, code_of(part, "StsRsnInf"), REJECTED)
    if group_status == REJECTED:
        yield Rejection(None, None, message, code_of(group, "StsRsnInf"), REJECTED)


def _is_of_payments(group: Node) -> bool:
    """Whether the report is about credit transfers; banks report on collections (pain.008) in the same format."""
    return (group.text("OrgnlMsgNmId") or "pain.001").startswith("pain.001")


def _of_payments(part: Node, message: str, status_of_all: str) -> Iterator[Rejection]:
    """The rejected payments; one without a status of its own has that of all, and is told when it has a reason."""
    for payment in part.nodes("TxInfAndSts"):
        status, reason = payment.text("TxSts"), code_of(payment, "StsRsnInf")
        is_rejected = (status or status_of_all) == REJECTED
        if is_rejected and (reason or status_of_all != REJECTED):
            yield Rejection(payment.text("OrgnlEndToEndId"), part.text("OrgnlPmtInfId"), message, reason, REJECTED)


def code_of(node: Node, path: str) -> str:
    """The first reason's code, as of ISO or else as of the bank itself; "" without one."""
    codes = [found.own_text() for kind in ("Cd", "Prtry") for found in node.nodes(f"{path}/Rsn/{kind}")]
    return next((clean(code, LONGEST_CODE) for code in codes if code), "")
