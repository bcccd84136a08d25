"""A laptop whose disk is full: a real small file system, in a namespace of its own so that no rights are needed.

`on_small_disk` runs a part of this module as a process there; what it found comes back as JSON. The process holds the
vault open by key, saves until there is no room left, and looks what became of everything.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from broker_desktop.errors import AppError
from broker_desktop.session import Session, open_with_keys, real_environment
from broker_desktop.store.vault import VaultKeys
from tests.common.programs import ROOT, Laptop

ROOM = 2048 * 1024
FILM = 768 * 1024
_PATIENCE_S = 240
_MOUNT = 'mount -t tmpfs -o size="$1" small "$2" && cp -a "$3"/. "$2" && shift 3 && exec "$@"'


def on_small_disk(laptop: Laptop, folder: Path, part: str) -> dict[str, Any]:
    """Copy the laptop's vault to a disk with `ROOM` bytes to spare and do a part of this module there.

    Raises:
        AssertionError: this machine lets nobody mount a disk, or the part failed.
    """
    folder.mkdir()
    content = sum(path.stat().st_size for path in laptop.vault.iterdir())
    rights = ["-m"] if os.geteuid() == 0 else ["-U", "-r", "-m"]
    unshare = shutil.which("unshare")
    assert unshare is not None, "this test needs the program `unshare` (util-linux)"
    held = laptop.keys.keys
    told = {
        "folder": str(folder),
        "team": laptop.keys.team.hex(),
        "seat": laptop.keys.seat.hex(),
        "keys": [bytes(key).hex() for key in (held.dek, held.sign_seed, held.kem_seed)],
        "passphrase_file": str(laptop.passphrase_file),
    }
    size = str(content + ROOM)
    done = subprocess.run(
        [unshare, *rights, "sh", "-c", _MOUNT, "sh", size, str(folder), str(laptop.vault),
         sys.executable, "-m", "tests.common.small_disk", part],
        cwd=ROOT, env=laptop.process_environment(), input=json.dumps(told), capture_output=True, text=True,
        check=False, timeout=_PATIENCE_S,
    )  # fmt: skip
    assert done.returncode == 0, f"no small disk could be made or the part failed on it: {done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def saves_until_full(told: dict[str, Any]) -> dict[str, Any]:
    """Save until the disk is full; read; close and open; delete somebody's film; save until it is full again."""
    film = Path(told["folder"]) / "somebody's film"
    film.write_bytes(bytes(FILM))
    session = _open(told)
    acknowledged, refusal = _save_until_refused(session)
    readable = set(acknowledged) == _held(session)
    state = session.check_vault().state_hash
    session.close()
    session = _open(told)
    reopened = set(acknowledged) == _held(session) and session.check_vault().state_hash == state
    film.unlink()
    more, second = _save_until_refused(session)
    session.close()
    session = _open(told)
    return {
        "acknowledged": len(acknowledged),
        "refusal": refusal,
        "readable": readable,
        "reopened": reopened,
        "more": len(more),
        "second": second,
        "all_there": set(acknowledged) | set(more) == _held(session),
    }


def commands_on_a_full_disk(told: dict[str, Any]) -> dict[str, Any]:
    """Import more than fits, by the real command; list and check while the disk is still full."""
    folder = Path(told["folder"])
    file = Path(told["passphrase_file"]).parent / "much.ndjson"
    with closing(_open(told)) as session:
        lines = [json.dumps(_contact(session, number) | {"note": "x" * 400}) for number in range(1000)]
        before = len(_held(session))
    file.write_text("\n".join(lines), encoding="utf-8")
    common = ["--vault", str(folder), "--passphrase-file", told["passphrase_file"], "--json"]
    ended = {}
    for name, words in {
        "import": ["record", "import", "contact", "--file", str(file)],
        "list": ["record", "list", "contact"],
        "check": ["check"],
    }.items():
        done = subprocess.run(
            [sys.executable, "-m", "broker_desktop", *words, *common], capture_output=True, text=True, check=False
        )
        ended[name] = {"code": done.returncode, "out": done.stdout, "err": done.stderr}
    return {"before": before, **ended}


PARTS = {part.__name__: part for part in (saves_until_full, commands_on_a_full_disk)}


def _open(told: dict[str, Any]) -> Session:
    keys = VaultKeys(*(bytearray.fromhex(key) for key in told["keys"]))
    team, seat = bytes.fromhex(told["team"]), bytes.fromhex(told["seat"])
    return open_with_keys(Path(told["folder"]), team, seat, keys, real_environment())


def _contact(session: Session, number: int) -> dict[str, Any]:
    return {
        "occurred_at": session.today().day,
        "kind": "phone",
        "outcome": ["seen"],
        "setting": "street",
        "note": f"number {number}",
    }


def _save_until_refused(session: Session) -> tuple[list[str], dict[str, Any]]:
    acknowledged: list[str] = []
    for number in count():
        try:
            acknowledged.append(session.save("contact", _contact(session, number)).id)
        except AppError as error:
            return acknowledged, {**error.to_json()["error"], "exit_code": error.exit_code, "words": error.sentence()}
    raise AssertionError("a disk without end")


def _held(session: Session) -> set[str]:
    return {row.id for row in session.records("contact")}


def main() -> None:
    """Do one part and print what it found."""
    found = PARTS[sys.argv[1]](json.loads(sys.stdin.read()))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
