"""Statements of the bank: each booked movement once, known again in every statement that has it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from programme.money.bank.payments import BankEntry, BankFeedback, Payment, PaymentFile
from tasks.money.bank.feedback import StatementRefused, read_feedback
from tasks.money.bank.payments import NAME_SPACE, write_payment_file
from tests.conftest import DATA
from tests.tasks.money.bank_files import DAY, OURS, Detail, Movement, document, one_statement, statement, zipped

VERSIONS = ("02", "08")


def entries(data: bytes) -> list[BankEntry]:
    return list(read_feedback(data, "statement.xml", OURS).entries)


def entry(cents: int, name: str = "", **more: object) -> BankEntry:
    return replace(BankEntry(OURS, DAY, False, cents, "", name, 0), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_statements_of_the_tests_are_those_of_a_bank(version: str) -> None:
    """What the builder makes up is valid against the ISO schema, so that the tests read what a bank may write."""
    details = (Detail(2_000, "S20261201-1-0002"), Detail(1_000, "S20261201-1-0003", reference="R3", reason="AC04"))
    data = statement(
        [
            Movement(5_000, "S20261201-1-0001", reference="R1", reason="AC01"),
            Movement(3_000, details=details, credit=True, is_reversal=True),
            Movement(1, status="PDNG", has_details=False),
        ],
        version,
    )
    schema = etree.XMLSchema(etree.parse(DATA / "bank" / "schemas" / f"camt.053.001.{version}.xsd"))
    schema.assertValid(etree.fromstring(data))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_movement_is_read_once(version: str) -> None:
    """Debits, credits, day, the bank's reference, end-to-end id and the reason of a return; in their order."""
    data = statement(
        [
            Movement(5_000, "S20261201-1-0001", reference="BANK-77"),
            Movement(123_456, credit=True, has_details=False, day=date(2026, 12, 1)),
            Movement(5_000, "S20261201-1-0001", credit=True, reference="BANK-78", reason="AC04"),
        ],
        version,
    )
    assert entries(data) == [
        entry(5_000, "S20261201-1-0001", bank_reference="BANK-77"),
        entry(123_456, is_credit=True, booked_on=date(2026, 12, 1)),
        entry(5_000, "S20261201-1-0001", is_credit=True, bank_reference="BANK-78", reason="AC04"),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_of_an_entry_with_details_each_is_one(version: str) -> None:
    """A batch that the bank booked in one sum; a detail without its own reference has that of the entry."""
    details = (Detail(2_000, "S20261201-1-0002"), Detail(1_000, "S20261201-1-0003", reference="R3"), Detail(7))
    data = statement([Movement(3_007, reference="R", details=details)], version)
    assert entries(data) == [
        entry(2_000, "S20261201-1-0002", bank_reference="R"),
        entry(1_000, "S20261201-1-0003", bank_reference="R3"),
        entry(7, bank_reference="R"),
    ]


def test_a_detail_may_go_the_other_way() -> None:
    """Since version .08 a detail has a sign of its own: a batch of three with one taken back."""
    details = (Detail(2_000, "A"), Detail(1_000, "B"), Detail(1_000, "B", credit=True))
    found = entries(statement([Movement(2_000, details=details)]))
    assert [(one.amount_cents, one.is_credit) for one in found] == [(2_000, False), (1_000, False), (1_000, True)]


def test_a_single_detail_has_the_amount_that_was_booked() -> None:
    """What the bank says of it, such as an amount before charges, moved no money."""
    found = entries(statement([Movement(2_010, details=(Detail(2_000, "S20261201-1-0002"),))]))
    assert found == [entry(2_010, "S20261201-1-0002")]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("status", ["PDNG", "INFO"])
def test_what_is_not_booked_is_not_read(version: str, status: str) -> None:
    """A pending debit is none, and is not counted in the balance."""
    data = statement([Movement(5_000, "S20261201-1-0001", status=status), Movement(1)], version)
    assert entries(data) == [entry(1)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_reversal_goes_the_way_that_it_says(version: str) -> None:
    """The sign of an entry is its own also when it takes back another one; the balance proves it."""
    data = statement([Movement(5_000, "S20261201-1-0001", credit=True, is_reversal=True)], version)
    assert entries(data) == [entry(5_000, "S20261201-1-0001", is_credit=True)]


def test_equal_entries_are_counted() -> None:
    """Two debits that are the same in everything are two; the reason of a return does not tell them apart."""
    movements = [Movement(500, "A"), Movement(500, "B"), Movement(500, "A"), Movement(500, "A", reason="AC04")]
    assert [one.ordinal for one in entries(statement(movements))] == [0, 0, 1, 2]


def test_overlapping_statements_know_the_same_entries() -> None:
    """An entry of a week's statement equals that of the day's, whichever format, and wherever it stands in them."""
    first = [Movement(500, "A", day=date(2026, 12, 1)), Movement(500, "A", day=date(2026, 12, 1))]
    second = [Movement(700, "B", reference="X"), Movement(700, "B", reference="X"), Movement(9, credit=True)]
    week = entries(statement([*first, *second], "02"))
    assert entries(statement(first)) + entries(statement(second)) == week
    assert len(set(week)) == 5


def test_a_file_of_several_statements_is_all_of_them() -> None:
    """Each is counted by itself: the second one's entries start anew."""
    part = one_statement([Movement(500, "A")])
    assert entries(document(part + part)) == [entry(500, "A"), entry(500, "A")]


def test_an_overdrawn_account_adds_up() -> None:
    """A debit balance is below zero."""
    assert entries(statement([Movement(500, "A")], opening=-100)) == [entry(500, "A")]
    assert entries(statement([Movement(500, "A", credit=True)], opening=-100)) == [entry(500, "A", is_credit=True)]


def test_our_account_may_stand_among_other_numbers() -> None:
    """Some banks write the IBAN in Othr; it is ours all the same, and another one there is not."""
    iban = b"<IBAN>NL91ABNA0417164300</IBAN>"
    data = statement([Movement(1)])
    assert entries(data.replace(iban, b"<Othr><Id>NL91 ABNA 0417 1643 00</Id></Othr>")) == [entry(1)]
    with pytest.raises(StatementRefused, match="ends in '4567'"):
        entries(data.replace(iban, b"<Othr><Id>1234567</Id></Othr>"))


def test_the_closing_balance_before_is_an_opening_balance() -> None:
    """Some banks write PRCD in the place of OPBD."""
    data = statement([Movement(500, "A")]).replace(b"OPBD", b"PRCD")
    assert entries(data) == [entry(500, "A")]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<Dt>2026-12-02</Dt>", date(2026, 12, 2)),
        ("<Dt>2026-12-02+01:00</Dt>", date(2026, 12, 2)),
        ("<DtTm>2026-12-02T23:30:00</DtTm>", date(2026, 12, 2)),
        ("<DtTm>2026-12-02T23:30:00Z</DtTm>", date(2026, 12, 3)),
    ],
)
def test_the_booking_day_is_that_of_amsterdam(written: str, day: date) -> None:
    """A day as it is written, a moment in another zone as it is here."""
    data = statement([Movement(1)]).replace(b"<BookgDt><Dt>2026-12-02</Dt>", f"<BookgDt>{written}".encode())
    assert entries(data) == [entry(1, booked_on=day)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            statement([], iban="NL20INGB0001234567"),
            "it is of the account that ends in '4567'. Allowed is ours, which ends",
        ),
        (statement([]).replace(b"<IBAN>NL91ABNA0417164300</IBAN>", b"<Prxy/>"), "without number"),
        (statement([Movement(1)], currency="USD"), "it is in 'USD'. Allowed is EUR"),
        (statement([Movement(1)]).replace(b'<Amt Ccy="EUR">0.01', b'<Amt Ccy="USD">0.01'), "currency is 'USD'"),
        (statement([Movement(1)]).replace(b'<Amt Ccy="EUR">0.01', b"<Amt>0.01"), "currency is ''"),
        (
            statement([Movement(500)], closing=999_501),
            "opening 10000.00 and booked entries of -5.00 make 9995.00, closing is 9995.01",
        ),
        (statement([Movement(500)], closing=1_000_500), "closing is 10005.00"),
        (statement([Movement(500, status="PDNG")], closing=999_500), "make 10000.00, closing is 9995.00"),
        (statement([]).replace(b"CLBD", b"CLAV"), "no balance CLBD"),
        (statement([]).replace(b"OPBD", b"OPAV"), "no balance OPBD or PRCD"),
        (
            statement([Movement(1)]).replace(b"OPBD", b"CLBD"),
            "several different balances CLBD",
        ),
        (
            statement([Movement(300, details=(Detail(100), Detail(199)))]),
            "its 2 details make -2.99, the entry is -3.00",
        ),
        (
            statement([Movement(300, details=(Detail(100), Detail(200, has_amount=False)))]),
            "a detail without an amount",
        ),
        (statement([Movement(1, status="GONE")]), "its status is 'GONE'"),
        (statement([Movement(1)]).replace(b"<CdtDbtInd>DBIT", b"<CdtDbtInd>DEBIT"), "its CdtDbtInd is 'DEBIT'"),
        (statement([Movement(1)]).replace(b">0.01<", b">0.015<"), "its amount is '0.015'"),
        (statement([Movement(1)]).replace(b">0.01<", b">-0.01<"), "its amount is '-0.01'"),
        (statement([Movement(1)]).replace(b">0.01<", b">1e2<"), "its amount is '1e2'"),
        (statement([Movement(1)]).replace(b">0.01<", b">NaN<"), "its amount is 'NaN'"),
        (statement([Movement(1)]).replace(b">0.01<", b"><"), "its amount is ''"),
        (statement([Movement(1)]).replace(b">0.01<", ">0.0١<".encode()), "its amount is '0.0"),
        (statement([Movement(1)]).replace(b"<BookgDt><Dt>2026-12-02", b"<BookgDt><Dt>2026-13-02"), "booking day"),
        (statement([Movement(1)]).replace(b"<BookgDt><Dt>2026-12-02</Dt></BookgDt>", b""), "booking day is ''"),
        (document(""), "there is no statement in it"),
    ],
)
def test_what_cannot_be_true_is_refused_whole(data: bytes, said: str) -> None:
    """In one line that says where, what was found and what is allowed; never a whole account number."""
    with pytest.raises(StatementRefused) as refused:
        entries(data)
    assert said in str(refused.value)
    assert str(refused.value).startswith("statement.xml")
    assert str(refused.value).isprintable()
    assert "NL" not in str(refused.value)


def test_one_cent_anywhere_is_noticed() -> None:
    """Whichever amount of a statement is a cent off, it is refused."""
    movements = [Movement(101, "A"), Movement(202, "B", credit=True), Movement(303, "C")]
    data = statement(movements)
    for amount in (b"10000.00", b"1.01", b"2.02", b"3.03", b"9997.98"):
        with pytest.raises(StatementRefused, match="closing is"):
            entries(data.replace(b">" + amount, b">" + amount[:-1] + (b"1" if amount[-1:] == b"0" else b"9"), 1))


IDS = st.from_regex(r"S20261201-1-[0-9]{4}", fullmatch=True) | st.sampled_from(["", "é&<>\"'", "x" * 35])
REFERENCES = st.sampled_from(["", "R1", "R&2"])
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
MOVEMENTS = st.lists(
    st.tuples(st.integers(0, 10**11), IDS, st.booleans(), REFERENCES, DAYS, st.sampled_from(["BOOK", "PDNG"])).map(
        lambda values: Movement(*values)
    ),
    max_size=8,
)


@pytest.mark.slow
@given(
    movements=MOVEMENTS,
    version=st.sampled_from(VERSIONS),
    opening=st.integers(-(10**12), 10**12),
    off=st.integers(-2, 2),
)
@settings(deadline=None)
def test_a_statement_says_what_was_put_in(movements: list[Movement], version: str, opening: int, off: int) -> None:
    """Every booked movement and no other; with a closing balance that is off, nothing at all."""
    booked = [movement for movement in movements if movement.status == "BOOK"]
    closing = opening + sum(movement.signed() for movement in booked) + off
    data = statement(movements, version, opening=opening, closing=closing)
    if off:
        with pytest.raises(StatementRefused):
            entries(data)
        return
    found = entries(data)
    assert [
        (one.amount_cents, one.end_to_end_id, one.is_credit, one.bank_reference, one.booked_on) for one in found
    ] == [(one.cents, one.end_to_end_id, one.credit, one.reference, one.day) for one in booked]
    assert len(set(found)) == len(found)


def test_what_we_pay_comes_back_as_it_went() -> None:
    """From our file to the bank's statement and back: each payment is a debit with its id and its amount."""
    payments = tuple(
        Payment(f"S20261201-1-{n:04}", 100 * n + 7, OURS, f"Klant & {n}", f"Bouwclub beloning S20261201-1-{n:04}")
        for n in range(1, 51)
    )
    moment = datetime(2026, 12, 1, 9, tzinfo=UTC)
    written = write_payment_file(PaymentFile("S20261201-1", moment, DAY, OURS, "Bureau", None, payments))
    paid = []
    for transfer in etree.fromstring(written).iter(f"{{{NAME_SPACE}}}CdtTrfTxInf"):
        euros, cents = transfer.findtext(".//{*}InstdAmt").split(".")
        paid.append(Movement(int(euros) * 100 + int(cents), transfer.findtext(".//{*}EndToEndId")))
    assert [(one.end_to_end_id, one.amount_cents) for one in entries(statement(paid))] == [
        (payment.end_to_end_id, payment.amount_cents) for payment in payments
    ]


def test_a_zip_is_all_of_its_files_or_none() -> None:
    """In the order of the zip, whatever they are called; one that is refused refuses the others."""
    good, bad = statement([Movement(1, "A")]), statement([Movement(2, "B")], closing=0)
    files = [("../../etc/passwd", good), ("map/", b""), ("map/b.txt", good), ("__MACOSX/._b.xml", b"\0")]
    assert read_feedback(zipped(files), "week.zip", OURS) == BankFeedback((entry(1, "A"), entry(1, "A")))
    with pytest.raises(StatementRefused, match="^week.zip: c.xml: statement 'STMT-1': opening"):
        read_feedback(zipped([*files, ("a/c.xml", bad)]), "week.zip", OURS)
