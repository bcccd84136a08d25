"""Somebody new opens the README and types the first tour: it must work as it stands."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _tour() -> str:
    """Return the indented lines of the chapter, as one shell script."""
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## A first tour\n")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"^    (.*)$", chapter, re.MULTILINE))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _programs(folder: Path) -> Path:
    """Make the two programs as the set-up makes them, for a checkout that was not set up by it."""
    for program, module in (("broker-desktop", "broker_desktop.__main__"), ("broker-hub", "sync.hub.cli")):
        code = f"import sys; sys.path.append('{ROOT}'); from {module} import main; raise SystemExit(main())"
        (folder / program).write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -c "{code}" "$@"\n', encoding="utf-8")
        (folder / program).chmod(0o755)
    return folder


def test_the_first_tour_works_as_it_is_written(tmp_path: Path) -> None:
    first, *rest = _tour().replace("8750", str(_free_port())).splitlines()
    assert first == 'PATH=$PWD/.venv/bin:$PATH && cd "$(mktemp -d)"'
    lines = [f"{line} trap 'kill $!' EXIT" if line.endswith("&") else line for line in rest]
    script = "\n".join(["set -eu", *lines])
    environment = os.environ | {"PATH": f"{_programs(tmp_path)}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    shell = subprocess.Popen(
        ["/bin/sh", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = shell.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        raise
    assert shell.returncode == 0, err
    visits = [json.loads(line) for line in out.splitlines() if line.startswith('{"type":"nx_visit"')]
    assert [visit["items"] for visit in visits] == [{"SYR_FX_1_29": 30}]
    assert visits[0]["custody"] == "seen"
    summary, end = json.JSONDecoder().raw_decode(out, out.index('{\n  "period"'))
    assert summary["period"]["label"] == "2026-11"
    assert "may hand in until" in out[end:]
