"""The settings, as they are read from the environment."""

import pytest

from models.settings import Settings, SettingsInvalid, read_settings

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
