"""The settings, as they are read from the environment."""

from pathlib import Path

import pytest

from cli.mistakes import USER_ERROR, report_mistake
from models.settings import SECRET_KEY_FILE, Settings, SettingsInvalid, read_settings

NAME = "BOUWCLUB_BASE_URL"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://club.uwbureau.nl/", "https://club.uwbureau.nl"),
        ("HTTPS://Club.UwBureau.nl//", "https://club.uwbureau.nl"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_the_address_of_our_pages_has_one_spelling(written: str, read: str) -> None:
    """Links in mails begin with it, and pages compare it with the origin of a post."""
    assert Settings(_env_file=None, base_url=written).base_url == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "it is empty"),
        (" ", "it holds white space"),
        ("club.uwbureau.nl", "it does not begin with https:// or http://"),
        ("//club.nl", "it does not begin with https:// or http://"),
        ("javascript:alert(1)", "it does not begin with https:// or http://"),
        ("https://", "it has no possible host name"),
        ("https://uwbureau.nl/club", "it has a path, and our pages stand at the root of a host"),
        ("https://jan:geheim@uwbureau.nl", "a base URL has no user name"),
        ("https://club.nl?x=1", "a base URL has no user name, no ? and no #"),
        ("https://club.bürö.nl", "it holds white space, control characters or characters beyond plain ASCII"),
    ],
)
def test_an_address_that_no_link_can_begin_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, written: str, told: str
) -> None:
    """With the outbox too: one line says which setting, what is wrong and what to write, and shows no password."""
    monkeypatch.setenv(NAME, written)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings()
    line = str(refused.value)
    assert line.startswith(f"{NAME}: {told}")
    assert "write the address that clients see, as https://club.uwbureau.nl" in line
    assert "geheim" not in line
    assert "\n" not in line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, without a key in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUWCLUB_SECRET_KEY", raising=False)
    return tmp_path


def test_nothing_is_signed_with_an_empty_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file that was cut off would let anybody forge links; a setting of blanks counts as none."""
    monkeypatch.setenv("BOUWCLUB_SECRET_KEY", " ")
    made = read_settings().key()
    assert made == (folder / SECRET_KEY_FILE).read_bytes()
    (folder / SECRET_KEY_FILE).write_text("\n")
    with pytest.raises(SettingsInvalid, match="is empty, and links signed with nothing can be forged; restore it"):
        read_settings().every_key()


def test_files_that_cannot_be_read_are_told_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line is scrubbed by what the same files hold, which must not fail in its turn."""
    (folder / SECRET_KEY_FILE).mkdir(parents=True)
    with pytest.raises(SettingsInvalid, match="secret.key cannot be used \\(Is a directory\\)") as key:
        read_settings().key()
    (folder / ".env").write_bytes(b"BOUWCLUB_DESK_HOURS=\xff\n")
    with pytest.raises(SettingsInvalid, match=".env is not UTF-8 text \\(byte 20\\); save it as UTF-8") as env:
        read_settings()
    for found in (key.value, env.value):
        assert report_mistake(found) == USER_ERROR
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("LEASE_SECONDS", "99999999999999", "less than or equal to 604800"),
        ("SETTLE_MINUTES", "99999999999999", "less than or equal to 527040"),
        ("DAILY_BAND", "inf", "finite number"),
    ],
)
def test_a_number_beyond_all_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, told: str
) -> None:
    """Where it is read: the database can keep no such moment, and its words about that name no setting."""
    monkeypatch.setenv(f"BOUWCLUB_{name}", written)
    with pytest.raises(SettingsInvalid, match=f"^BOUWCLUB_{name}: .*{told}"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("ALERT_URL", "hooks.slack.com/T1/geheim-pad", "is no http or https URL; write the webhook's"),
        ("ALERT_URL", "https://", "is no http or https URL"),
        ("ALERT_EMAIL", "beheer", "is no list of e-mail addresses; write them with commas"),
        ("ALERT_EMAIL", "beheer@uwbureau.nl; jan@uwbureau.nl", "is no list of e-mail addresses"),
    ],
)
def test_an_alert_that_could_reach_nobody_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, told: str
) -> None:
    """Before the first run fails, not when nobody hears of it; and the webhook's path is not shown."""
    monkeypatch.setenv(f"BOUWCLUB_{name}", written)
    with pytest.raises(SettingsInvalid, match=f"BOUWCLUB_{name}: {told}") as refused:
        read_settings()
    assert "geheim" not in str(refused.value)


def test_alerts_go_to_every_address_of_a_list() -> None:
    """A comma at the end, or white space, is no address; without any, nobody is told."""
    assert Settings(_env_file=None, alert_email=" een@b.nl , twee@b.nl,").alert_email == "een@b.nl,twee@b.nl"
    assert Settings(_env_file=None, alert_url="", alert_email=" ").alert_email == ""
