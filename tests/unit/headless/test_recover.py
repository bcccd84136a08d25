"""Commands for a forgotten passphrase: no network, secrets from standard input, one file that travels."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.headless import run
from tests.common.locked import OTHER, PASSPHRASE, lock_with
from tests.common.vaults import Desk, Service
from tests.unit.session.test_kit import founded, lines

VISIT = {
    "occurred_at": "2026-12-01T10:00:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
    "person": {"code": "WREN80M"},
}  # fmt: skip


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def command(vault: Path, *arguments: str, typed: Sequence[str] = ()) -> Said:
    out, err = io.StringIO(), io.StringIO()
    words = [*arguments, "--vault", str(vault), "--json"]
    code = run(words, io.StringIO("".join(f"{line}\n" for line in typed)), out, err)
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture
def laptops(tmp_path: Path) -> tuple[Desk, Desk, list[str]]:
    service = Service(tmp_path)
    lead, paper = founded(service)
    with lead.opened() as session:
        worker = service.join(session, "Will Oak", "worker")
    with worker.opened() as session:
        session.save("nx_visit", VISIT)
    for desk in (lead, worker):
        lock_with(desk)
    return lead, worker, lines(paper)


def test_a_locked_laptop_is_opened_by_three_commands(laptops: tuple[Desk, Desk, list[str]], tmp_path: Path) -> None:
    lead, worker, halves = laptops
    file = str(tmp_path / "request")
    asked = command(worker.folder, "recover", "request", "--file", file).json["words"]
    assert command(worker.folder, "recover", "request", "--file", file).json["words"] == asked
    words = ("--words", " ".join(asked))
    other = command(lead.folder, "recover", "answer", "--file", file, "--words", "not these five words now")
    assert (other.code, other.json["error"]["code"]) == (3, "TEAM-WORDS")
    one_half = command(lead.folder, "recover", "answer", "--file", file, *words, typed=[PASSPHRASE, *halves[:1] * 2])
    assert (one_half.code, one_half.json["error"]["code"]) == (3, "KIT-2")
    answered = command(lead.folder, "recover", "answer", "--file", file, *words, typed=[PASSPHRASE, *halves])
    assert answered.json == {"words": asked, "compared": True}
    weak = command(worker.folder, "recover", "finish", "--file", file, typed=["weak"])
    assert (weak.code, weak.json["error"]["code"]) == (3, "VAULT-WEAK")
    assert command(worker.folder, "recover", "finish", "--file", file, typed=[OTHER]).json["unsent"] >= 2
    assert command(worker.folder, "record", "list", "nx_visit", typed=[PASSPHRASE]).code == 4
    (listed,) = command(worker.folder, "record", "list", "nx_visit", typed=[OTHER]).out.splitlines()
    assert json.loads(listed)["items"] == {"SYR_FX_1_29": 10}
    again = command(worker.folder, "recover", "finish", "--file", file, typed=[OTHER])
    assert (again.code, again.json["error"]["code"]) == (3, "RECOV-4")


def test_a_kit_is_proved_by_a_command(laptops: tuple[Desk, Desk, list[str]]) -> None:
    lead, _, halves = laptops
    assert command(lead.folder, "kit", "check", typed=[PASSPHRASE, *halves]).json == {"ok": True}
    wrong = command(lead.folder, "kit", "check", typed=[PASSPHRASE, halves[0], halves[0]])
    assert (wrong.code, wrong.json["error"]["code"]) == (3, "KIT-2")
