"""Something is wrong: one clear sentence says what, the exit code is that of the table, and nothing changed.

Here a vault holds work, and keeps it; every way to mistype a command stands in tests/unit/headless/test_usage.py.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.common.programs import AFTER_THE_SAMPLES, Ended, Laptop, Server, Team
from tests.common.rude import GARBAGE, HTML, NOTHING, TEAPOT, answering
from tests.common.standing import Standing, standing

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead and a worker without clinical; a few records on the lead's laptop."""
    folder = tmp_path_factory.mktemp("faults")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server, now=AFTER_THE_SAMPLES)
        team.join("Will Oak", "worker")
        with team.lead.opened() as lead:
            for number in range(5):
                lead.save("contact", contact(number))
            lead.sync_once()
            lead.save("contact", contact(5))
        yield team


@pytest.fixture
def lead(team: Team) -> Laptop:
    """The lead's laptop."""
    return team.lead


@pytest.fixture
def worker(team: Team) -> Laptop:
    """The worker's laptop."""
    return team.laptops[1]


def contact(number: int, **other: object) -> dict[str, object]:
    """A contact on the street."""
    return {
        "occurred_at": f"{DAY}T10:{number:02}:00+00:00",
        "kind": "found_on_shift",
        "outcome": ["seen"],
        "setting": "street",
        "person": {"code": f"WREN8{number % 10}M"},
        "next_step": {"type": "none"},
        **other,
    }


def says(ended: Ended, code: int, word: str) -> dict[str, object]:
    """Check how a failed command speaks (contract.md, Errors as JSON); give the error object."""
    assert ended.code == code, (ended.out, ended.err)
    error = ended.error
    assert error["code"] == word
    assert set(error) - {"line", "field"} == {"code", "title", "detail", "remedy", "your_data"}
    assert error["your_data"] in ("safe", "at_risk", "unknown")
    assert error["title"]
    assert error["remedy"]
    assert "Traceback" not in ended.err + ended.out
    assert ended.err.count("\n") == 1, "one sentence on one line"
    assert ended.err.endswith(f"({word})\n")
    assert len(ended.err) < 330
    assert str(error["title"]) in ended.err
    return error


def in_words(ended: Ended, code: int) -> str:
    """Check that a failed command without --json leaves standard output empty; give its sentence."""
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    return ended.err


def unchanged(laptop: Laptop, before: Standing) -> None:
    """Check that not one operation, record or draft came or went."""
    assert standing(laptop) == before


def test_a_wrong_passphrase(lead: Laptop, tmp_path: Path) -> None:
    before = standing(lead)
    wrong = tmp_path / "wrong"
    wrong.write_text("lantern gravel otter mosaik\n", encoding="utf-8")
    ended = lead.run("record", "add", "contact", "--data", json.dumps(contact(9)), phrase=wrong)
    error = says(ended, 4, "VAULT-PASS")
    assert error["title"] == "That is not the passphrase."
    assert error["your_data"] == "safe"
    assert "lantern" not in ended.err
    unchanged(lead, before)


def test_the_vault_is_open_in_another_window(lead: Laptop) -> None:
    before = standing(lead)
    with lead.opened():
        listed = lead.run("record", "list", "contact")
        said = in_words(lead.plain("check", "--vault", str(lead.vault), stdin="it is not even asked for\n"), 4)
    says(listed, 4, "VAULT-OPEN")
    assert "VAULT-OPEN" in said
    unchanged(lead, before)


def test_a_code_that_nobody_knows(lead: Laptop) -> None:
    before = standing(lead)
    ended = lead.run("record", "add", "contact", "--data", json.dumps(contact(9, outcome=["sen"])))
    error = says(ended, 3, "RULE-3")
    assert str(error["field"]).startswith("outcome")
    assert "seen" in ended.err
    unchanged(lead, before)


def test_a_field_that_nobody_knows(lead: Laptop) -> None:
    before = standing(lead)
    ended = lead.run("record", "add", "contact", "--data", json.dumps(contact(9, outcomes=["seen"])))
    error = says(ended, 3, "RULE-3")
    assert error["field"] == "outcomes"
    assert "outcome" in str(error["detail"]).replace("outcomes", "")
    unchanged(lead, before)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ('{"type": "contact", "occurred_at": "2026-11-20T10:00:00+00:00", "kind": ', None),
        (json.dumps({"type": "contact", **contact(17, setting="stret")}), "setting"),
    ],
    ids=["cut off in the middle", "a mistyped code"],
)
def test_line_17_of_500_is_malformed(lead: Laptop, tmp_path: Path, bad: str, field: str | None) -> None:
    before = standing(lead)
    lines = [json.dumps({"type": "contact", **contact(number % 60)}) for number in range(500)]
    lines[16] = bad
    file = tmp_path / "five-hundred.ndjson"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ended = lead.run("record", "import", "mixed", "--file", str(file))
    error = says(ended, 3, "IMPORT-3")
    assert error["line"] == 17
    assert error.get("field") == field
    assert "17" in ended.err
    unchanged(lead, before)


def test_a_command_that_is_not_understood(lead: Laptop) -> None:
    before = standing(lead)
    says(lead.run("record", "lst", "contact"), 2, "USE-2")
    unchanged(lead, before)


_WAITS_FOR_THE_KEY = """
import signal, sys, xlsxwriter
made = xlsxwriter.Workbook.add_worksheet
def add_worksheet(book, name=None):
    print("writing", flush=True)
    signal.pause()
    return made(book, name)
xlsxwriter.Workbook.add_worksheet = add_worksheet
sys.argv[0] = "broker-desktop"
from broker_desktop.__main__ import main
raise SystemExit(main())
"""
"""The program, but that it waits with a workbook begun: how quick it is then decides nothing."""


def test_ctrl_c_while_a_file_is_written_leaves_nothing(lead: Laptop, tmp_path: Path) -> None:
    file = tmp_path / "quarter.xlsx"
    words = [sys.executable, "-c", _WAITS_FOR_THE_KEY, "summary", "--quarter", "2026-Q4", "--format", "xlsx"]
    words += ["--out", str(file), "--vault", str(lead.vault), "--passphrase-file", str(lead.passphrase_file)]
    ended = _interrupted(lead, words)
    assert (ended.code, ended.err) == (130, "Stopped. What was not finished was not stored.\n")
    assert list(tmp_path.iterdir()) == []
    assert list(lead.vault.glob("parts-*")) == []


def _interrupted(lead: Laptop, words: list[str]) -> Ended:
    """Start a command and press Ctrl+C once it says that it is writing: parts of its file lie in the vault then."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, env=lead.process_environment(), text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        assert list(lead.vault.glob("parts-*"))
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
        return Ended(process.returncode, "", said)


def test_there_is_no_vault(lead: Laptop, tmp_path: Path) -> None:
    error = says(lead.run("record", "list", "contact", vault=tmp_path / "nowhere"), 3, "VAULT-NONE")
    assert error["your_data"] == "safe"
    assert list(tmp_path.iterdir()) == []


def test_a_worker_without_clinical_asks_for_tests(worker: Laptop) -> None:
    before = standing(worker)
    says(worker.run("record", "list", "bbv_test"), 5, "ROLE-5")
    test = {"offered_on": DAY, "state": "offered", "setting": "street", "person": {"code": "WREN80M"}}
    says(worker.run("record", "add", "bbv_test", "--data", json.dumps(test)), 5, "ROLE-5")
    unchanged(worker, before)


def test_a_worker_may_not_invite(worker: Laptop) -> None:
    before = standing(worker)
    assert says(worker.run("invite", "--person", "Ann", "--role", "worker"), 5, "ROLE-5")["your_data"] == "safe"
    unchanged(worker, before)


@pytest.mark.parametrize("name", ["slots", "vault-1.db"])
@pytest.mark.parametrize("wound", ["cut", "scratched", "scratched early", "emptied", "gone"])
def test_a_file_of_the_vault_is_broken(lead: Laptop, tmp_path: Path, name: str, wound: str) -> None:
    copy = tmp_path / "vault"
    shutil.copytree(lead.vault, copy)
    damage(copy / name, wound)
    after = {path.name: path.read_bytes() for path in copy.glob("*.db")}
    ended = lead.run("record", "list", "contact", vault=copy)
    if (name, wound) == ("slots", "gone"):
        says(ended, 3, "VAULT-NONE")
    elif (name, wound) == ("slots", "scratched early"):  # in the box that the passphrase opens
        says(ended, 4, "VAULT-PASS")  # a damaged box and a wrong passphrase cannot be told apart: that is the point
    else:
        error = says(ended, 8, str(ended.error["code"]))
        assert str(error["code"]).startswith("STORE-")
        assert error["your_data"] != "safe"
    assert {path.name: path.read_bytes() for path in copy.glob("*.db")} == after


def damage(path: Path, wound: str) -> None:
    """Hurt a file as disks and people do."""
    content = path.read_bytes()
    if wound == "gone":
        path.unlink()
    elif wound == "emptied":
        path.write_bytes(b"")
    elif wound == "cut":
        path.write_bytes(content[: len(content) * 3 // 5])
    else:
        place = 150 if wound == "scratched early" else len(content) // 2
        path.write_bytes(content[:place] + bytes(16) + content[place + 16 :])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Laptop, int]:
    """A laptop whose server has gone, and the port it used to answer on."""
    folder = tmp_path_factory.mktemp("alone")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server, now=AFTER_THE_SAMPLES)
    with team.lead.opened() as lead:
        lead.save("contact", contact(1))
    return team.lead, server.port


def test_nothing_listens(alone: tuple[Laptop, int]) -> None:
    laptop, _ = alone
    before = standing(laptop)
    assert says(laptop.run("sync"), 6, "SYNC-6")["your_data"] == "safe"
    says(laptop.run("invite", "--person", "Ann", "--role", "worker"), 6, "SYNC-6")
    unchanged(laptop, before)
    assert before.unsent > 0, "what was saved still waits"


def test_no_team_is_made_without_a_server(alone: tuple[Laptop, int], tmp_path: Path) -> None:
    laptop, port = alone
    wanted = ("--token", "t" * 32, "--name", "N", "--person", "P", "--pack", "portsmouth-2009-10")
    hub = ("--hub", f"http://127.0.0.1:{port}", "--kit-file", str(tmp_path / "kit"))
    says(laptop.run("team", "create", *hub, *wanted, vault=tmp_path / "vault"), 6, "SYNC-6")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer", [GARBAGE, HTML, NOTHING, TEAPOT], ids=["garbage", "a page", "closes at once", "an error of its own"]
)
def test_something_else_listens(alone: tuple[Laptop, int], answer: bytes) -> None:
    laptop, port = alone
    before = standing(laptop)
    with answering(port, answer):
        ended = laptop.run("sync")
    error = says(ended, 6, str(ended.error["code"]))
    assert error["code"] in ("SYNC-6", "SYNC-60")
    assert error["your_data"] == "safe"
    unchanged(laptop, before)


def test_another_server_answers_at_that_address(alone: tuple[Laptop, int], tmp_path: Path) -> None:
    laptop, port = alone
    before = standing(laptop)
    with Server(tmp_path / "other", port=port):
        ended = laptop.run("sync")
    error = says(ended, 7, "TRUST-7")
    assert "Nothing was accepted" in str(error["remedy"])
    unchanged(laptop, before)
