"""The CRM goes on exporting whom we erased: his words stay away, and what others earned by him stays theirs."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import select

from models.database.engine import reading
from models.tables import referrals
from programme.rules.groups.tiers import tier_of
from tasks.base.workspace import Workspace
from tasks.clients.facts.audience import read_recipients
from tasks.importing.folder import import_folder
from tasks.importing.report import ImportReport
from tasks.importing.rules import ImportRules
from tasks.privacy.erasing import Erasure
from tests.tasks.privacy.conftest import NOW

DAY = date(2026, 4, 2)
PROJECTS = """project_id,client_id,type,value_eur,ordered_on,delivered_on
P1,A,uitbouw,500.00,2025-01-01,2025-02-01
P2,F2,uitbouw,500.00,2025-03-10,2025-04-01
"""
FRIEND, NEWCOMER = "F2,Fenna,fenna@b.nl\n", "F1,Frits,fenna@b.nl\n"


def test_a_friend_who_was_erased_stays_joined(
    workspace: Workspace, erase: Callable[..., Erasure], tmp_path: Path
) -> None:
    """Whether the export names his address still, somebody else has it too, or it names none any more."""

    def load(others: str, address: str) -> tuple[str | None, str | None, str | None]:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        (folder / "clients.csv").write_text(f"client_id,name,email\nA,Anna,a@b.nl\n{FRIEND}{others}")
        (folder / "projects.csv").write_text(PROJECTS)
        (folder / "referrals.csv").write_text(
            "referral_id,referrer_id,referred_client_id,referred_email,invited_on,signed_up_on\n"
            f"R1,A,,{address},2025-03-01,2025-03-05\n"
        )
        rules = ImportRules(workspace.programme.importing, keys=workspace.settings.every_key)
        report = tmp_path / "rejected.csv"
        import_folder(workspace.engine, folder, imported_at=NOW, rejected_path=report, rules=rules, confirm=True)
        with reading(workspace.engine) as connection:
            friend, email = connection.execute(select(referrals.c["referred_client_id", "referred_email"])).one()
            (recipient,) = read_recipients(connection, workspace.programme, ["A"], DAY)
        tier = tier_of(workspace.programme, recipient.clients[0], DAY)
        return friend, email, tier.id if tier else None

    assert load("", "fenna@b.nl") == ("F2", "fenna@b.nl", "zilver")
    erase("F2", ends_case=True, alone=True)
    assert [load("", "fenna@b.nl"), load(NEWCOMER, "fenna@b.nl"), load("", "")] == [("F2", None, "zilver")] * 3


def test_a_suppression_of_an_erased_address_is_left_out_and_said(
    workspace: Workspace, erase: Callable[..., Erasure], tmp_path: Path
) -> None:
    """The counts of the file add up, and neither the report nor rejected.csv holds the address."""
    folder, rejected = tmp_path / "export", tmp_path / "rejected.csv"
    folder.mkdir()
    (folder / "clients.csv").write_text(f"client_id,name,email\nA,Anna,a@b.nl\n{FRIEND}")
    (folder / "suppressions.csv").write_text(
        "email,reason,since\nfenna@b.nl,manual,2026-01-01\na@b.nl,bounce,2026-01-01\n"
    )

    def load() -> ImportReport:
        rules = ImportRules(keys=workspace.settings.every_key)
        return import_folder(workspace.engine, folder, imported_at=NOW, rejected_path=rejected, rules=rules)

    assert load().exit_code == 0
    erase("F2")
    report = load()

    count = report.files[-1]
    assert (count.file, count.rows, count.unchanged, count.left_out) == ("suppressions.csv", 2, 1, 1)
    assert [fault.line for fault in report.faults if fault.file == "suppressions.csv"] == [2]
    assert "fenna" not in str(report.faults) + rejected.read_text("utf-8-sig")


def test_the_name_of_an_erased_friend_stays_away_whose_address_another_has(
    workspace: Workspace, erase: Callable[..., Erasure], tmp_path: Path
) -> None:
    """The address is no hash, for it is the other's too; the referral itself knows whom it was of."""
    folder, rules = tmp_path / "export", ImportRules(keys=workspace.settings.every_key)
    folder.mkdir()
    (folder / "clients.csv").write_text(f"client_id,name,email\nA,Anna,a@b.nl\n{FRIEND}F3,Bert,fenna@b.nl\n")
    (folder / "referrals.csv").write_text(
        "referral_id,referrer_id,referred_client_id,referred_name,referred_email,invited_on\n"
        "R1,A,,Fenna,fenna@b.nl,2025-03-01\n"
    )

    def load() -> list[tuple[str | None, ...]]:
        report = tmp_path / "rejected.csv"
        import_folder(workspace.engine, folder, imported_at=NOW, rejected_path=report, rules=rules)
        with reading(workspace.engine) as connection:
            columns = referrals.c["referred_client_id", "referred_name", "referred_email"]
            return [tuple(row) for row in connection.execute(select(*columns))]

    assert load() == [("F2", "Fenna", "fenna@b.nl")]
    erase("F2")
    assert load() == [("F2", None, None)]
