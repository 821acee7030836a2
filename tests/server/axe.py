"""What axe finds on the page that a browser shows, at the widths and in the schemes that people use."""

from pathlib import Path

from selenium import webdriver

WIDTHS, SCHEMES = (375, 1280), ("light", "dark")
_AXE = (Path(__file__).parents[1] / "data/axe-core/axe.min.js").read_text("utf-8")
_RUN = """
const done = arguments[0];
axe.run(document, {resultTypes: ["violations"]}).then(
    found => done(found.violations.map(each => each.id + ": " + each.nodes.map(node => node.html).join(" "))));
"""


def show(driver: webdriver.Chrome, url: str, width: int, scheme: str) -> None:
    """Open the page on a telephone or a desk, by day or at night."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    driver.get(url)


def faults_of(driver: webdriver.Chrome) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than the screen."""
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": _AXE})
    found: list[str] = driver.execute_async_script(_RUN)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return [*found, *(["wider than the screen"] if driver.execute_script(f"return {wide}") else [])]
