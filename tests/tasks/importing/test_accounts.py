"""Accounts and referrals of an export, where a client or a person at the firm has said more; on both databases."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, insert, select

from models.database.engine import reading, writing
from models.tables import clients, iban_changes, referral_links, referrals, signups
from programme.terms.tables.import_terms import ImportTerms
from tasks.importing.report import ImportReport
from tasks.money.payees import read_payees, record_iban
from tests.tasks.importing.conftest import NOW

Load = Callable[[Engine, Path], ImportReport]
Export = Callable[..., Path]

OWN, OTHER = "NL91ABNA0417164300", "NL69INGB0123456789"
HEAD = "client_id,name,email,iban,iban_holder\n"
REFERRALS = "referral_id,referrer_id,referred_client_id,referred_email,invited_on,signed_up_on\n"


def test_what_a_refused_iban_leaves(engine: Engine, load: Load, export: Export) -> None:
    """The last IBAN offered counts: refused is remembered over an empty cell, and a good one takes it away."""
    found = []
    for cell in (OWN, "NL00BAD", "", "", OTHER):
        load(engine, export(clients=f"{HEAD}C1,Anna,,{cell},A. Jansen\n"))
        with reading(engine) as connection:
            payee = read_payees(connection, ["C1"])["C1"]
        found.append((payee.iban, payee.is_refused))

    assert found == [(OWN, False), (None, True), (None, True), (None, True), (OTHER, False)]


def test_a_placeholder_offers_no_iban(engine: Engine, load: Load, export: Export) -> None:
    """It is reported and leaves what an empty cell leaves: nobody is told that his IBAN is wrong."""
    found = []
    for cell in ("n.v.t.", OWN, "n.v.t.", "NL00BAD", "n.v.t."):
        report = load(engine, export(clients=f"{HEAD}C1,Anna,,{cell},A. Jansen\n"))
        with reading(engine) as connection:
            payee = read_payees(connection, ["C1"])["C1"]
        found.append((payee.iban, payee.is_refused, report.exit_code))

    assert found == [(None, False, 3), (OWN, False, 0), (None, False, 3), (None, True, 3), (None, True, 3)]


def test_a_clients_own_account_outranks_the_export(engine: Engine, load: Load, export: Export) -> None:
    """It stays, also when the export offers another or a bad one; each difference is reported, without the account."""
    folder = export(clients=f"{HEAD}C1,Anna,,{OTHER},A. Jansen\nC2,Bert,,{OTHER},B. Bos\n")
    load(engine, folder)
    with writing(engine) as connection:
        record_iban(connection, "C1", OWN, "A. Jansen-Bos", NOW)
    report = load(engine, folder)
    with reading(engine) as connection:
        kept = connection.execute(select(clients.c.iban, clients.c.iban_holder).order_by(clients.c.client_id)).all()

    assert [tuple(row) for row in kept] == [(OWN, "A. Jansen-Bos"), (OTHER, "B. Bos")]
    assert {(fault.column, fault.line) for fault in report.faults} == {("iban", 2), ("iban_holder", 2)}
    assert not any(OTHER in fault.value for fault in report.faults)
    assert report.exit_code == 3

    load(engine, export(clients=f"{HEAD}C1,Anna,,NL00BAD,\n"))
    with reading(engine) as connection:
        assert read_payees(connection, ["C1"])["C1"][:3] == ("C1", OWN, "A. Jansen-Bos")
        assert not read_payees(connection, ["C1"])["C1"].is_refused


def test_a_change_of_account_is_kept(engine: Engine, load: Load, export: Export) -> None:
    """A first account is no change; another one is, with its source."""
    for cell in (OWN, OWN, OTHER):
        load(engine, export(clients=f"{HEAD}C1,Anna,,{cell},A. Jansen\n"))
    with reading(engine) as connection:
        changes = connection.execute(select(iban_changes.c.iban, iban_changes.c.source)).all()

    assert [tuple(row) for row in changes] == [(OTHER, "import")]


def test_a_friend_is_joined_by_address_and_by_hand(engine: Engine, load: Load, export: Export) -> None:
    """By the address of the export or of the sign-up, to the smallest id, as soon as the client is there; what a
    person joined stays when the cell is empty; and the same folder again changes nothing."""
    people = f"{HEAD}A,Anna,a@b.nl,,\nF2,Fenna,Fenna@b.nl,,\nF1,Fenna,fenna@b.nl,,\nG,Geert,geert@b.nl,,\n"
    rows = "R1,A,,fenna@b.nl,2026-01-01,2026-01-02\nR2,A,,,2026-01-01,2026-01-02\nR3,A,nobody,,2026-01-01,2026-01-02\n"
    load(engine, export(clients=f"{HEAD}A,Anna,a@b.nl,,\n", referrals=REFERRALS + rows))
    with writing(engine) as connection:
        connection.execute(
            insert(referrals).values(
                referral_id="web-1", referrer_id="A", invited_on=date(2026, 3, 1), signed_up_on=date(2026, 3, 1)
            )
        )
        web = {"referral_id": "web-1", "code": "X", "recipient": "geert@b.nl", "consent": "unknown", "flags": ""}
        connection.execute(insert(signups).values(**web, signed_up_on=date(2026, 3, 1), signed_up_at=NOW))
    folder = export(clients=people)
    load(engine, folder)
    with writing(engine) as connection:
        link = {"referral_id": "R2", "client_id": "G", "made_by": "Anke", "made_at": NOW}
        connection.execute(insert(referral_links).values(link))
    load(engine, folder)
    again = load(engine, folder)
    with reading(engine) as connection:
        joined = connection.execute(select(referrals.c.referral_id, referrals.c.referred_client_id)).tuples().all()

    assert dict(joined) == {"R1": "F1", "R2": "G", "R3": None, "web-1": "G"}
    assert all(each.changed == 0 for each in again.files)


def test_a_friend_whose_record_went_is_joined_to_the_one_that_took_its_place(
    engine: Engine, load: Load, export: Export
) -> None:
    """Two records became one in the CRM: referrals that had the record that went, by address, by name or by hand, get
    the client with that address, and none that a person took back; new ones too, and the same folder again changes
    nothing."""
    rows = "R1,A,,fenna@b.nl,2026-01-01,2026-01-02\nR2,A,F1,fenna@b.nl,2026-01-01,2026-01-02\n"
    by_hand = "R3,A,,fenna@b.nl,2026-01-01,2026-01-02\n"
    anna = f"{HEAD}A,Anna,a@b.nl,,\n"
    load(engine, export(clients=f"{anna}F1,Fenna,fenna@b.nl,,\nG,Geert,,,\n", referrals=REFERRALS + rows + by_hand))
    with writing(engine) as connection:
        links = [{"referral_id": "R3", "client_id": one, "made_by": "Anke", "made_at": NOW} for one in ("A", "G")]
        connection.execute(insert(referral_links), links)
    load(engine, export())
    new = "R4,A,,fenna@b.nl,2026-02-01,2026-02-02\n"
    merged = export(clients=f"{anna}F2,Fenna Postma,fenna@b.nl,,\n", referrals=REFERRALS + rows + by_hand + new)
    load(engine, merged, terms=ImportTerms(complete=True))
    again = load(engine, merged, terms=ImportTerms(complete=True))
    with reading(engine) as connection:
        joined = connection.execute(select(referrals.c.referral_id, referrals.c.referred_client_id)).tuples().all()

    assert dict(joined) == dict.fromkeys(("R1", "R2", "R3", "R4"), "F2")
    assert all(each.changed == 0 for each in again.files)


def test_a_friend_who_moves_to_another_address_stays_joined(engine: Engine, load: Load, export: Export) -> None:
    """Also when he moves twice, and when a newcomer with a smaller id has the address by then."""
    rows = f"{REFERRALS}R1,A,,fenna@b.nl,2026-01-01,2026-01-02\n"
    found = []
    for friends in (
        "F2,Fenna,fenna@b.nl,,\n",
        "F2,Fenna,fenna@c.nl,,\n",
        "F2,Fenna,fenna@d.nl,,\nF1,Frits,fenna@b.nl,,\n",
        "F2,Fenna,fenna@d.nl,,\nF1,Frits,fenna@b.nl,,\n",
    ):
        load(engine, export(clients=f"{HEAD}A,Anna,a@b.nl,,\n{friends}", referrals=rows))
        with reading(engine) as connection:
            found.append(connection.scalars(select(referrals.c.referred_client_id)).one())

    assert found == ["F2"] * 4


def test_a_partners_day_is_read(engine: Engine, load: Load, export: Export) -> None:
    """`partner_since` of an agreement, of any kind of client."""
    load(engine, export(clients="client_id,name,partner_since\nC1,Anna,2026-03-01\nC2,Bert,\n"))
    with reading(engine) as connection:
        days = connection.scalars(select(clients.c.partner_since).order_by(clients.c.client_id)).all()

    assert list(days) == [date(2026, 3, 1), None]
