"""A private PostgreSQL of the distribution: Prefect's server needs the extension pg_trgm, which the wheels lack."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVICE_USER = "postgres"  # the server refuses to run as root


def postgres_programs() -> Path | None:
    """Where initdb and pg_ctl lie, newest version first; None when the distribution's PostgreSQL is not there.

    None as well when BOUWCLUB_TEST_PREFECT_DATABASE=sqlite asks for the tests on Prefect's SQLite.
    """
    if os.environ.get("BOUWCLUB_TEST_PREFECT_DATABASE") == "sqlite":
        return None
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    others = [Path(found)] if (found := shutil.which("initdb")) else []
    for program in [*reversed(debian), *others]:
        share = subprocess.run([program.with_name("pg_config"), "--sharedir"], capture_output=True, text=True)
        if (Path(share.stdout.strip()) / "extension" / "pg_trgm.control").exists():
            return program.parent
    return None


OURS_AND_PREFECTS = ("ours", "theirs")


@contextmanager
def private_postgres(programs: Path, databases: tuple[str, ...]) -> Iterator[str]:
    """A server of its own in a temporary folder, with these databases; gives its address without one."""
    folder = Path(tempfile.mkdtemp(prefix="bouwclub-server-pg-"))
    as_user = ["runuser", "-u", SERVICE_USER, "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, SERVICE_USER)
    port = free_port()
    options = f"-p {port} -k {folder} -h 127.0.0.1 -c fsync=off -c max_connections=200"
    data = folder / "data"

    def call(name: str, *arguments: str) -> None:
        # pg_ctl leaves a server behind that keeps its output open, so it goes to a file.
        with open(folder / f"{name}.out", "ab") as out:
            command = [*as_user, str(programs / name), "-D", str(data), *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=out, stderr=out)

    call("initdb", "-U", "bouwclub", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    call("pg_ctl", "-w", "-o", options, "-l", str(folder / "server.log"), "start")
    try:
        for name in databases:
            with open(folder / "createdb.out", "ab") as out:
                address = ["-h", "127.0.0.1", "-p", str(port), "-U", "bouwclub"]
                subprocess.run(
                    [*as_user, str(programs / "createdb"), *address, name], check=True, stdout=out, stderr=out
                )
        yield f"bouwclub@127.0.0.1:{port}"
    finally:
        call("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
