"""The payment file: valid, in the bank's characters, and the same bytes wherever it is written."""

import hashlib
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from models.settings import ROOT
from programme.money.bank.payments import Payment, PaymentFile
from tasks.money.bank.payments import MOST_CENTS, NAME_SPACE, PaymentFileInvalid, write_payment_file
from tests.tasks.money.bank_files import OURS

SCHEMA = etree.XMLSchema(etree.fromstring((files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes()))
ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
IBANS = ("NL91ABNA0417164300", "DE89370400440532013000", "BE68539007547034", "FR1420041010050500013M02606")

PAYMENT = Payment(
    "S20261201-1-0001", 5_000, "NL20INGB0001234567", "Élise van 't Hof", "Bouwclub beloning S20261201-1-0001"
)
BATCH = PaymentFile(
    message_id="S20261201-1",
    created_at=datetime(2026, 12, 1, 8, 30, 5, 999_999, tzinfo=UTC),
    execution_on=date(2026, 12, 2),
    debtor_iban=OURS,
    debtor_holder="Ingenieursbureau Broersma B.V.",
    debtor_bic="ABNANL2A",
    payments=(
        PAYMENT,
        Payment(
            "S20261201-1-0002", 1, "DE89370400440532013000", "P. & M. Müller", "Bouwclub beloning S20261201-1-0002"
        ),
        Payment(
            "S20261201-1-0003", MOST_CENTS, "BE68539007547034", "Иван <b>", "Bouwclub commissie 2026/7 S20261201-1-0003"
        ),
    ),
)
BATCH_SHA256 = "643c46937791d2dfe75c89506da37ddb059f222ac78f46e39de465261e2a4669"


def written_by(payment: Payment) -> bytes:
    return write_payment_file(replace(BATCH, payments=(payment,)))


def texts(data: bytes, path: str) -> list[str]:
    """What stands at every place with that path, read by another parser than the writer's."""
    from xml.etree import ElementTree

    inside = "/".join(f"{{{NAME_SPACE}}}{name}" for name in path.split("/"))
    return [found.text or "" for found in ElementTree.fromstring(data).iterfind(inside)]


def test_the_file_is_what_the_bank_asks_for() -> None:
    """One payment information, single bookings, no address, ids and sums as of the batch, the second of approval."""
    data = write_payment_file(BATCH)
    SCHEMA.assertValid(etree.fromstring(data))
    head, info, pay = "CstmrCdtTrfInitn/GrpHdr", "CstmrCdtTrfInitn/PmtInf", "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"
    once = {
        f"{head}/MsgId": "S20261201-1",
        f"{head}/CreDtTm": "2026-12-01T08:30:05Z",
        f"{head}/NbOfTxs": "3",
        f"{head}/CtrlSum": "1000000050.00",
        f"{info}/PmtInfId": "S20261201-1",
        f"{info}/PmtMtd": "TRF",
        f"{info}/BtchBookg": "false",
        f"{info}/NbOfTxs": "3",
        f"{info}/CtrlSum": "1000000050.00",
        f"{info}/PmtTpInf/SvcLvl/Cd": "SEPA",
        f"{info}/ReqdExctnDt/Dt": "2026-12-02",
        f"{info}/Dbtr/Nm": "Ingenieursbureau Broersma B.V.",
        f"{info}/DbtrAcct/Id/IBAN": OURS,
        f"{info}/DbtrAgt/FinInstnId/BICFI": "ABNANL2A",
        f"{info}/ChrgBr": "SLEV",
    }
    assert {path: texts(data, path) for path in once} == {path: [text] for path, text in once.items()}
    assert texts(data, f"{pay}/PmtId/EndToEndId") == [payment.end_to_end_id for payment in BATCH.payments]
    assert texts(data, f"{pay}/Amt/InstdAmt") == ["50.00", "0.01", "999999999.99"]
    assert texts(data, f"{pay}/CdtrAcct/Id/IBAN") == [payment.iban for payment in BATCH.payments]
    assert texts(data, f"{pay}/Cdtr/Nm") == ["Elise van 't Hof", "P. + M. Muller", "Ivan b"]
    assert texts(data, f"{pay}/RmtInf/Ustrd") == [payment.remittance for payment in BATCH.payments]
    assert b"PstlAdr" not in data
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Document ')
    assert data.isascii()


def test_without_a_bic_the_bank_is_told_so() -> None:
    """[payouts] bic may lack."""
    data = write_payment_file(replace(BATCH, debtor_bic=None))
    SCHEMA.assertValid(etree.fromstring(data))
    assert texts(data, "CstmrCdtTrfInitn/PmtInf/DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]


def test_the_bytes_of_a_file_never_change() -> None:
    """A stored sum: whoever changes a byte of what the bank gets has to say so here."""
    assert hashlib.sha256(write_payment_file(BATCH)).hexdigest() == BATCH_SHA256


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "nl_NL.UTF-8", "TZ": "America/New_York", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"},
        {"LC_ALL": "tr_TR.ISO-8859-9", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "3", "PYTHONOPTIMIZE": "1"},
    ],
)
def test_another_process_writes_the_same_bytes(environment: dict[str, str]) -> None:
    """Neither locale, time zone nor hash seed is in the file."""
    script = (
        "import hashlib, locale, pickle, sys, time\n"
        "time.tzset()\n"
        "try: locale.setlocale(locale.LC_ALL, '')\n"
        "except locale.Error: pass\n"  # a machine without that locale still has the others
        "from tasks.money.bank.payments import write_payment_file\n"
        "file = pickle.load(sys.stdin.buffer)\n"
        "sys.stdout.write(hashlib.sha256(write_payment_file(file)).hexdigest())\n"
    )
    base = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    command = [sys.executable, "-c", script]
    found = subprocess.run(
        command, cwd=ROOT, env=base | environment, input=pickle.dumps(BATCH), capture_output=True, check=True
    )
    assert found.stdout.decode() == BATCH_SHA256


def test_the_same_moment_in_another_zone_is_the_same_file() -> None:
    """The second is written in UTC."""
    there = BATCH.created_at.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert write_payment_file(replace(BATCH, created_at=there)) == write_payment_file(BATCH)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount_cents": 0}, "amount_cents 0 is not in 1..99999999999"),
        ({"amount_cents": -5}, "amount_cents -5"),
        ({"amount_cents": MOST_CENTS + 1}, "amount_cents 100000000000"),
        ({"amount_cents": 50.0}, "amount_cents 50.0"),
        ({"amount_cents": True}, "amount_cents True"),
        ({"amount_cents": "50"}, "amount_cents '50'"),
        ({"iban": "NL20INGB0001234568"}, "iban is not an IBAN"),
        ({"iban": "nl20ingb0001234567"}, "iban is not an IBAN"),
        ({"iban": "NL20 INGB 0001 2345 67"}, "iban is not an IBAN"),
        ({"iban": ""}, "iban is not an IBAN"),
        ({"iban": "NL20INGB0001234567\n"}, "iban is not an IBAN"),
        ({"holder": "☃"}, "nothing of holder"),
        ({"holder": ""}, "nothing of holder"),
        ({"remittance": ""}, "remittance"),
        ({"remittance": "a" * 141}, "remittance"),
        ({"end_to_end_id": ""}, "end_to_end_id"),
        ({"end_to_end_id": "S" * 36}, "end_to_end_id"),
        ({"end_to_end_id": "/S1"}, "end_to_end_id"),
        ({"end_to_end_id": "S1/"}, "end_to_end_id"),
        ({"end_to_end_id": "S//1"}, "end_to_end_id"),
        ({"end_to_end_id": "S_1"}, "end_to_end_id"),
        ({"end_to_end_id": "S1\n"}, "end_to_end_id"),
        ({"end_to_end_id": "Sé1"}, "end_to_end_id"),
        ({"end_to_end_id": "S\x001"}, "end_to_end_id"),
    ],
)
def test_a_payment_that_no_bank_takes_is_refused(change: dict[str, Any], said: str) -> None:
    """Nothing is written; the line names the payment and what is wrong, without account or name."""
    with pytest.raises(PaymentFileInvalid) as refused:
        written_by(replace(PAYMENT, **change))
    assert said in str(refused.value)
    assert "payment 1 (" in str(refused.value)
    assert str(refused.value).isprintable()
    assert "INGB" not in str(refused.value)
    assert "Hof" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"payments": ()}, "no payment"),
        ({"payments": (PAYMENT, PAYMENT)}, "end_to_end_id 'S20261201-1-0001' is there 2 times"),
        ({"message_id": "S" * 36}, "message_id"),
        ({"message_id": ""}, "message_id"),
        ({"created_at": datetime(2026, 12, 1, 8, 30)}, "created_at has no time zone"),  # noqa: DTZ001
        ({"execution_on": BATCH.created_at}, "execution_on is not a day"),
        ({"debtor_iban": "NL91ABNA0417164301"}, "debtor_iban"),
        ({"debtor_holder": "☃"}, "debtor_holder"),
        ({"debtor_bic": "ABNANL2"}, "debtor_bic"),
        ({"debtor_bic": "\x00"}, "debtor_bic"),
    ],
)
def test_a_batch_that_no_bank_takes_is_refused(change: dict[str, Any], said: str) -> None:
    """Also when each payment is fine."""
    with pytest.raises(PaymentFileInvalid, match=said.replace("(", r"\(")):
        write_payment_file(replace(BATCH, **change))


def test_what_the_schema_refuses_is_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last word has the ISO schema, should our own checks ever let something through."""
    monkeypatch.setattr("tasks.money.bank.payments._moment", lambda at: "yesterday")
    with pytest.raises(PaymentFileInvalid, match="pain.001.001.09 refuses it: .*CreDtTm.*yesterday"):
        write_payment_file(BATCH)


HOSTILE = st.text(max_size=200) | st.sampled_from(
    ["</Nm>", "]]>", "&x;", "<!DOCTYPE a>", "\x00", "\ud800", "=1+1", "//"]
)


@given(
    holder=HOSTILE,
    remittance=HOSTILE,
    name=HOSTILE | st.from_regex(r"S[0-9]{8}-[0-9]-[0-9]{4}", fullmatch=True),
    iban=st.sampled_from(IBANS) | HOSTILE,
    cents=st.integers(-1, 2 * MOST_CENTS) | st.sampled_from([1, MOST_CENTS, MOST_CENTS + 1]),
)
@example("Jan", "Bouwclub beloning", "S20261201-1-0001", IBANS[0], 1)
def test_whatever_comes_in_is_valid_or_refused(holder: str, remittance: str, name: str, iban: str, cents: int) -> None:
    """A file is either valid, in the bank's characters and of the right amount, or refused in one line."""
    try:
        data = written_by(Payment(name, cents, iban, holder, remittance))
    except PaymentFileInvalid as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert refused.isprintable()
        assert len(refused) < 800
        return
    SCHEMA.assertValid(etree.fromstring(data))
    payment = "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"
    assert [Decimal(text) * 100 for text in texts(data, f"{payment}/Amt/InstdAmt")] == [cents]
    assert texts(data, f"{payment}/CdtrAcct/Id/IBAN") == [iban]
    for path in (f"{payment}/Cdtr/Nm", f"{payment}/RmtInf/Ustrd", f"{payment}/PmtId/EndToEndId"):
        (text,) = texts(data, path)
        assert set(text) <= ALLOWED
    assert len(texts(data, f"{payment}/Cdtr/Nm")[0]) <= 70
