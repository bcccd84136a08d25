"""broker-hub: serve, token, status, check, and how they fail."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.crypto.signing import sha256
from sync.hub.cli import main, write_ready_file
from sync.hub.config import database_url
from sync.hub.store import Store, access
from tests.hub.processes import COMMAND, ServedHub
from tests.hub.test_http import OverHttp
from tests.hub.world import World


def test_serve_answers_tells_where_and_stops_cleanly(hub_url: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    server = ServedHub(hub_url, ready)
    assert server.pid == server.process.pid
    assert server.url.startswith("http://127.0.0.1:")
    assert OverHttp(server.url).send("GET", f"/v1/info?nonce={bytes(32).hex()}").status == 200
    assert OverHttp(server.url).send("GET", f"/v1/teams/{bytes(16).hex()}/head").status == 401
    assert server.stop() == 0
    # The whole log of a server that answered two calls: a line carries the day and no finer time.
    assert [re.sub(r"^\d{4}-\d\d-\d\d ", "DAY ", line) for line in server.log.splitlines()] == [
        "DAY INFO sync.hub.cli the server answers",
        "DAY INFO sync.hub.cli the server has stopped",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("ready")] == ["ready.json"]


def test_serve_makes_the_database_at_its_first_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    server = ServedHub(url, tmp_path / "ready")
    server.stop()
    assert main(["check", "--db", url, "--json"]) == 0


def test_token_prints_the_token_alone(hub_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--db", hub_url]) == 0
    token = capsys.readouterr().out
    assert (token.count("\n"), len(token.strip())) == (1, 32)
    store = Store(database_url(hub_url))
    assert store.write(lambda db: access.spend_token(db, sha256(token.strip().encode())))
    store.close()


def test_status_and_check(world: World, hub_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    world.push(*world.lena.envelopes(2))
    assert main(["status", "--db", hub_url, "--json"]) == 0
    counts = {"hub_id": world.hub.hub_id.hex(), "teams": 1, "seats": 3, "envelopes": 2, "bytes": 2520}
    counts |= {"invites": 0, "unused_tokens": 0}
    assert json.loads(capsys.readouterr().out) == counts
    assert main(["check", "--db", hub_url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "findings": [], **counts}
    assert main(["status", "--db", hub_url]) == 0
    assert "envelopes: 2\n" in capsys.readouterr().out
    assert main(["check", "--db", hub_url]) == 0
    assert capsys.readouterr().out == "everything fits together\n"


def test_check_of_a_damaged_hub_ends_with_8(world: World, hub_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with world.hub.store.engine.begin() as db:
        db.execute(text("UPDATE team SET next_n = 9"))
    assert main(["check", "--db", hub_url, "--json"]) == 8
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["findings"]) == (
        False,
        [f"team {world.team.hex()}: the log ends at 0, its counter says 8"],
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["serve", "--db", "mysql://x/y"],
        ["serve", "--db", "no address"],
        ["serve", "--db", "sqlite:///x", "--port", "99999"],
        ["serve", "--db", "sqlite:///x", "--tls-cert", "c"],
        ["serve", "--db", "sqlite:///x", "--tls-cert", "/nowhere/c", "--tls-key", "/nowhere/k"],
        ["restore-announce", "--db", "sqlite:///x"],
    ],
)
def test_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(arguments)
    except SystemExit as stopped:  # argparse
        code = int(stopped.code or 0)
    assert code == 2
    assert capsys.readouterr().err


def test_serving_others_without_tls_is_refused(tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--db", f"sqlite:///{tmp_path}/hub.db", "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "127.0.0.1 only" in done.stderr, done.stdout) == (2, True, "")


def test_a_database_that_is_not_there_ends_with_8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "check"):
        assert main([command, "--db", f"sqlite:///{tmp_path}/none.db", "--json"]) == 8
        error = json.loads(capsys.readouterr().out)["error"]
        assert set(error) == {"code", "title", "detail", "remedy", "your_data"}
        assert error["code"] == "HUB-DATABASE"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_not_a_hub(tmp_path: Path) -> None:
    Store(database_url(f"sqlite:///{tmp_path}/empty.db")).write(lambda db: None)
    assert main(["status", "--db", f"sqlite:///{tmp_path}/empty.db"]) == 8


def test_a_database_of_a_newer_version_ends_with_8(sqlite_template: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    shutil.copy(sqlite_template, newer)
    store = Store(database_url(f"sqlite:///{newer}"))
    store.write(lambda db: db.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    store.close()
    for command in ("token", "status"):
        assert main([command, "--db", f"sqlite:///{newer}"]) == 8


def test_no_such_folder_and_no_such_server_end_with_8(capsys: pytest.CaptureFixture[str]) -> None:
    for url in ("sqlite:////nowhere/at/all/hub.db", "postgresql://x@127.0.0.1:1/hub"):
        assert main(["token", "--db", url]) == 8
        told = capsys.readouterr()
        assert told.out == ""
        assert "cannot be used" in told.err


def test_the_ready_file_is_written_whole(tmp_path: Path) -> None:
    write_ready_file(tmp_path / "ready", "http://127.0.0.1:1")
    assert json.loads((tmp_path / "ready").read_text()) == {"url": "http://127.0.0.1:1", "pid": os.getpid()}
