"""The single-host set-up names only what is there."""

import re
from importlib.util import find_spec
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, text

from benchmarks.databases import server_settings
from cli.__main__ import COMMANDS
from deployments.serve import server_environment
from models.database.engine import reading
from models.database.server import DURABLE
from models.settings import ROOT, Settings

FOLDER = ROOT / "deployments"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]
    return found


def test_it_has_a_database_a_server_a_worker_and_the_web_part(services: dict[str, Any]) -> None:
    """And the one that registers, which the others wait for."""
    assert set(services) == {"postgres", "prefect", "register", "worker", "web", "desk"}
    for name in ("worker", "web", "desk"):
        assert services[name]["depends_on"] == {"register": {"condition": "service_completed_successfully"}}


def test_every_command_exists(services: dict[str, Any]) -> None:
    """Modules, and commands of our own."""
    said = [" ".join(service.get("command", ())) for service in services.values()]
    for module in re.findall(r"python -m ([a-z._]+)", "\n".join(said)):
        assert find_spec(module), module
    for command in re.findall(r"bouwclub ([a-z]+)", "\n".join(said)):
        assert command in COMMANDS


def test_every_setting_exists(services: dict[str, Any]) -> None:
    """No variable of ours is misspelt, and the server is told all that `make serve` tells it."""
    ours = {f"BOUWCLUB_{name.upper()}" for name in Settings.model_fields}
    for service in services.values():
        own = service.get("environment", {})
        assert {name for name in own if name.startswith("BOUWCLUB_")} <= ours
    in_the_image = (FOLDER / "Dockerfile").read_text("utf-8")
    by_arguments = {"PREFECT_SERVER_API_HOST", "PREFECT_SERVER_API_PORT"}
    for name in set(server_environment("127.0.0.1", 4200)) - by_arguments:
        assert name in services["prefect"]["environment"] or name in in_the_image, name


def test_nothing_secret_is_written_down_and_nothing_listens_to_the_world(services: dict[str, Any]) -> None:
    """Passwords come from .env; ports are this machine's."""
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    assert re.findall(r"://bouwclub:(?!\$\{POSTGRES_PASSWORD)", text) == []
    assert re.findall(r"://bouwclub_web:(?!\$\{WEB_PASSWORD)", text) == []
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_image_holds_every_package() -> None:
    """Whatever is installed is copied; a new package may not be forgotten."""
    text = (FOLDER / "Dockerfile").read_text("utf-8")
    for folder in ("programme", "models", "tasks", "flows", "web", "cli", "deployments", "templates"):
        assert f"COPY {folder} {folder}\n" in text


def test_the_web_part_is_told_all_that_its_pages_and_webhooks_ask_for(services: dict[str, Any]) -> None:
    """A setting that .env has and the container lacks would count as not set: no mail would come in."""
    folders = ("web/public", "web/hooks", "web/server")
    source = "\n".join(path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py"))
    asked = {f"BOUWCLUB_{name.upper()}" for name in Settings.model_fields if re.search(rf"settings\.{name}\b", source)}
    told = services["web"]["environment"].keys()
    assert asked - told <= {"BOUWCLUB_DESK"}  # which has a service of its own
    assert {"BOUWCLUB_DELIVERY", "BOUWCLUB_INBOUND_KEY", "BOUWCLUB_TEMPLATES"} <= told


def test_the_desk_is_a_service_of_its_own_that_is_asked_for(services: dict[str, Any]) -> None:
    """It may send login links and start campaigns, finds proposals where the command does, and alters no table."""
    desk = services["desk"]
    assert desk["profiles"] == ["desk"]
    assert desk["env_file"] == services["worker"]["env_file"]
    assert {"PREFECT_API_URL", "PREFECT_UI_URL"} <= desk["environment"].keys()
    assert "//bouwclub_web:" in desk["environment"]["BOUWCLUB_DATABASE_URL"]
    assert "data:/data" in desk["volumes"]
    assert "data:/data" in services["worker"]["volumes"]


def test_whoever_reads_the_programme_finds_the_firms_own(services: dict[str, Any]) -> None:
    """The folder `firm` beside the README; only the worker's commands write there."""
    for name in ("register", "worker", "web", "desk"):
        mounts = [volume for volume in services[name]["volumes"] if volume.startswith("../firm:/firm")]
        assert mounts == ["../firm:/firm" if name == "worker" else "../firm:/firm:ro"]
        assert "env_file" in services[name] or "BOUWCLUB_PROGRAMME" in services[name]["environment"]


def test_the_database_is_ready_when_it_answers_others(services: dict[str, Any]) -> None:
    """By its socket it answers while databases.sh still runs, and whoever waits for it would start too early."""
    assert services["postgres"]["healthcheck"]["test"][:4] == ["CMD", "pg_isready", "-h", "127.0.0.1"]


def test_the_web_part_has_only_what_it_needs(services: dict[str, Any]) -> None:
    """No .env, no Prefect, no key for sending, no other service's folder, and a database role of its own."""
    web = services["web"]
    assert "env_file" not in web
    assert {name for name in web["environment"] if "PREFECT" in name or "API_KEY" in name} == set()
    assert "//bouwclub_web:" in web["environment"]["BOUWCLUB_DATABASE_URL"]
    others = {volume for name, each in services.items() if name != "web" for volume in each.get("volumes", ())}
    assert others & set(web["volumes"]) == {"../firm:/firm:ro"}


def test_every_service_is_bounded(services: dict[str, Any]) -> None:
    """Its log is rotated, its memory limited; what serves for long tells its health."""
    for name, service in services.items():
        assert service["logging"]["options"]["max-size"], name
        assert service["mem_limit"], name
        assert name == "register" or service["healthcheck"]["test"], name


def test_the_database_has_the_memory_it_is_told_of(services: dict[str, Any]) -> None:
    """A quarter of it is the server's own, the rest is for its sessions and the files it reads."""
    given, limit = server_settings(), services["postgres"]["mem_limit"]
    assert services["postgres"]["command"][0] == "postgres"
    assert 4 * int(given["shared_buffers"].removesuffix("MB")) == 1024 * int(limit.removesuffix("g"))
    assert not set(given) & set(DURABLE)


@pytest.mark.postgres
def test_the_database_knows_its_settings(postgres_engine: Engine) -> None:
    """A misspelt one would keep the server from starting."""
    with reading(postgres_engine) as connection:
        known = set(connection.execute(text("SELECT name FROM pg_settings")).scalars())
    assert server_settings().keys() <= known


def test_images_are_pinned_and_leave_no_volumes_behind(services: dict[str, Any]) -> None:
    """By digest; no VOLUME of the image becomes a nameless one."""
    dockerfile = (FOLDER / "Dockerfile").read_text("utf-8")
    foreign = [service["image"] for service in services.values() if "build" not in service]
    foreign += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert len(foreign) == 2
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", image) for image in foreign)
    assert "VOLUME" not in dockerfile
    assert all(volume.startswith(("database:", "./")) for volume in services["postgres"]["volumes"])


def test_what_we_depend_on_is_installed_before_our_own_lines() -> None:
    """A changed line of ours builds in seconds."""
    text = (FOLDER / "Dockerfile").read_text("utf-8")
    assert text.index("pip install -c") < text.index("COPY programme programme") < text.index("--no-deps -e .")
