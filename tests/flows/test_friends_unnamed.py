"""Whoever was brought is named nowhere: in no file, paper, mail, artifact, log or answer of a command."""

import logging
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from cli.printing.settlement import print_booking, print_settlement, print_statement
from flows.payouts import PLAIN, run_rewards, run_settlement, run_statement
from flows.ui.artifacts.payout import booking_markdown, settlement_markdown
from flows.ui.artifacts.referral import overview_markdown
from models.database.engine import writing
from models.settings import Settings
from models.tables import signups
from sample.bank_statement import Movement, bank_statement
from tasks.base.workspace import Workspace
from tasks.figures.families.referrals import read_overview
from tasks.papers.lists import write_journal, write_year
from tasks.papers.pdf import statement_pdf
from tasks.papers.sheet import statement_html
from tasks.papers.statement import read_statement
from tasks.referrals import deciding
from tests import payouts


def test_friends_are_named_nowhere(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole story, from booking to the bank's answer: what it leaves behind is searched for their name."""
    caplog.set_level(logging.DEBUG)
    payouts.add_year(engine)
    signed_up_on = date(2026, 4, 1)
    row = {"referral_id": "R5", "code": "X", "name": payouts.FRIEND_NAME, "recipient": "f5@voorbeeld.nl"}
    with writing(engine) as connection:
        connection.execute(
            insert(signups).values(**row, signed_up_on=signed_up_on, signed_up_at=payouts.at(signed_up_on))
        )
    out = tmp_path / "out"
    out.mkdir()
    settings = Settings(secret_key="a key for tests", outbox_dir=out, _env_file=None)  # type: ignore[call-arg]
    workspace = Workspace(settings, payouts.programme(), engine)
    day, paid_on = payouts.SETTLED_ON, payouts.PAID_ON

    booking = run_rewards(PLAIN, workspace, day, payouts.at(day), dry_run=False)
    prepared = run_settlement(PLAIN, workspace, day, payouts.FIRST, payouts.at(day)).settlement
    assert prepared.batch is not None
    batch_id = prepared.batch.batch_id
    approved = deciding.approve(engine, workspace.programme, batch_id, payouts.SECOND, payouts.at(day)).settlement
    (out / "batch.xml").write_bytes(deciding.export(engine, batch_id, payouts.at(day)))
    movements = [Movement(paid_on, line.end_to_end_id, line.amount_cents) for line in approved.lines]
    back = Movement(payouts.RETURNED_ON, *movements[0][1:3], True, "AC04")
    iban = workspace.programme.payouts.iban
    for number, told in enumerate((movements, [*movements, back])):
        statement = bank_statement(iban, told)
        (out / f"statement{number}.xml").write_bytes(statement)
        report = run_statement(workspace, statement, "statement.xml", paid_on, payouts.at(paid_on))
    for year_of in ("A1", "D1"):
        found = read_statement(engine, workspace.programme, year_of, 2026, payouts.END)
        (out / f"{year_of}.html").write_text(statement_html(found, workspace.programme.brand), "utf-8")
        (out / f"{year_of}.pdf").write_bytes(statement_pdf(found, workspace.programme.brand))
    write_journal(engine, None, None, out / "journal.csv")
    write_year(engine, 2026, out / "year.csv")
    print_booking(booking, dry_run=False)
    print_settlement(approved)
    print_statement(report)
    overview = read_overview(engine, workspace.programme, payouts.END)
    artifacts = [booking_markdown(booking, False), settlement_markdown(approved), overview_markdown(overview, 1)]

    printed = capsys.readouterr()
    assert report.returned == [movements[0].end_to_end_id]  # the whole story was played
    files = [path for path in sorted(out.rglob("*")) if path.is_file()]
    assert {".xml", ".eml", ".html", ".pdf", ".csv"} <= {path.suffix for path in files}
    name = payouts.FRIEND_NAME
    assert [path.name for path in files if name.encode() in path.read_bytes()] == []
    assert name not in "".join([*artifacts, caplog.text, printed.out, printed.err])
