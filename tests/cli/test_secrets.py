"""No secret leaves with an error, in whatever setting it stands."""

from pathlib import Path

import pytest

from models.secrecy import scrub_error, scrubbed
from models.settings import Settings
from tests.cli.conftest import Run

SECRET = "SG.q1w2e3r4t5y6u7.i8o9p0a1s2d3f4g5"
FIELDS = [name for name in Settings.model_fields if name != "programme"]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("form", ["{}", "https://{}", "postgresql+psycopg://jan:{}@host:port/x"])
def test_a_secret_in_any_setting_stays_inside(
    club: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, form: str
) -> None:
    """Pasted into the right setting or a wrong one: no command shows it."""
    monkeypatch.setenv("BOUWCLUB_DELIVERY", "sendgrid")
    monkeypatch.setenv("BOUWCLUB_SENDGRID_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv(f"BOUWCLUB_{name.upper()}", form.format(SECRET))
    for words in (("reconcile",), ("run", "daily", "--as-of", "2026-03-02", "--confirm"), ("programme", "check")):
        result = run(*words)
        assert SECRET not in result.out + result.err
        assert "Traceback" not in result.err


def test_every_secret_of_the_settings_is_known(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key, old keys, a database's password, the rest of an alert's address; also inside an error's causes."""
    monkeypatch.setenv("BOUWCLUB_OLD_SECRET_KEYS", "oude-sleutel-1, oude-sleutel-2 oude-sleutel-3")
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", "postgresql+psycopg://u:wacht-woord@h/x")
    (working_folder / ".env").write_text("BOUWCLUB_ALERT_URL=https://hooks.example/T1/geheim-pad\n")
    for secret in ("oude-sleutel-2", "oude-sleutel-3", "wacht-woord", "T1/geheim-pad", SECRET, "Bearer abcdefgh"):
        assert secret not in scrubbed(f"it failed with {secret} at the end")
    try:
        try:
            raise ValueError(f"inner {SECRET}")
        except ValueError as error:
            raise RuntimeError(f"outer {SECRET}") from error
    except RuntimeError as error:
        found = scrub_error(error)
    assert SECRET not in str(found) + str(found.__cause__)
