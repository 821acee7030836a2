"""Where the Prefect server is, for us and for a browser."""

from tasks.base.prefect_api import PrefectApi

API = {"PREFECT_API_URL": "http://prefect:4200/api", "PREFECT_API_AUTH_STRING": "bouwclub:secret"}


def test_a_link_leads_where_a_browser_finds_the_pages() -> None:
    """Inside compose the server has a name that no browser knows."""
    assert PrefectApi.of(API).ui == "http://prefect:4200"
    assert PrefectApi.of(API | {"PREFECT_UI_URL": "https://runs.example.nl/"}).ui == "https://runs.example.nl"
    assert PrefectApi.of({}).ui == ""
