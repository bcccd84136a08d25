"""Commands that need no vault, and mistakes that are told before one is opened."""

import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from broker_desktop.__main__ import _dispatch
from broker_desktop.headless import run

PACK = Path(__file__).parents[3] / "resources" / "packs" / "portsmouth-2009-10.yaml"


def command(*arguments: str, stdin: str = "") -> tuple[int, Any, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run([*arguments, "--json"], io.StringIO(stdin), out, err)
    return code, json.loads(out.getvalue()), err.getvalue()


def told(code: int, out: Any, err: str) -> str:
    error: dict[str, Any] = out["error"]
    assert {"code", "title", "detail", "remedy", "your_data"} <= set(error)
    assert err.startswith(error["title"])
    assert len(err.splitlines()) == 1
    return f"{code} {error['code']}"


def asked(folder: Path, passphrase: str, **changes: str) -> tuple[str, ...]:
    file = folder / "passphrase"
    file.write_text(passphrase + "\n")
    options = {
        "vault": str(folder / "vault"), "hub": "http://127.0.0.1:9", "token": "T", "name": "N", "person": "P",
        "pack": "portsmouth-2009-10", "kit-file": str(folder / "kit.txt"), "passphrase-file": str(file),
    } | changes  # fmt: skip
    return ("team", "create", *(word for name, value in options.items() for word in (f"--{name}", value)))


def test_the_catalogue_is_the_truth_of_the_build() -> None:
    code, out, _ = command("record", "types")
    fields = {field["name"]: field for one in out["types"] if one["name"] == "nx_visit" for field in one["fields"]}
    assert code == 0
    assert (fields["site_type"]["required"], fields["site_type"]["kind"]) == (True, "code")
    assert "mobile" in fields["site_type"]["codes"]


def test_a_pack_is_read_and_its_gaps_are_listed(tmp_path: Path) -> None:
    code, out, _ = command("pack", "check", str(PACK))
    assert (code, out["pack"], "bbv.viruses" in out["gaps"]) == (0, "portsmouth-2009-10", True)
    (tmp_path / "no.yaml").write_text("- just a list\n")
    assert told(*command("pack", "check", str(tmp_path / "no.yaml"))) == "3 PACK-3"


@pytest.mark.parametrize(
    "arguments",
    [
        ("courier", "export", "--vault", "v"),
        ("record", "list", "--vault", "v"),
        ("record", "list", "nx_visit", "--vault", "v", "--where", "site"),
        ("record", "list", "nx_visit", "--vault", "v", "--since", "yesterday"),
        ("record", "list", "nx_visit", "--vault", "v", "--limit", "-1"),
        ("summary", "--vault", "v"),
        ("summary", "--vault", "v", "--month", "2026-11", "--format", "pdf"),
        ("conflicts", "--vault", "v", "--choose", "1"),
        ("approve", "--vault", "v"),
        ("approve", "seat", "--vault", "v"),
        ("invite", "--vault", "v", "--person", "P", "--role", "boss"),
    ],
)
def test_what_is_no_command_is_told_and_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert told(*command(*arguments)) == "2 USE-2"


def test_a_weak_passphrase_makes_no_vault(tmp_path: Path) -> None:
    for weak in ("short", "password123456", "glove glove glove glove glove"):
        assert told(*command(*asked(tmp_path, weak))) == "3 VAULT-WEAK"
    assert not (tmp_path / "vault").exists()


def test_without_a_terminal_no_question_is_asked(tmp_path: Path) -> None:
    arguments = ("seats", "--vault", str(tmp_path / "none"))
    assert told(*command(*arguments)) == "3 VAULT-NONE"
    empty = tmp_path / "empty"
    empty.write_text("")
    assert told(*command(*asked(tmp_path, ""))) == "2 USE-2"
    assert told(*command("join", "--vault", str(tmp_path / "v"), "--code", "NX1-A")) == "2 USE-2"


def test_the_kit_never_lies_in_the_vault_and_never_replaces_a_file(tmp_path: Path) -> None:
    good = "glove amber canal tiger plaza"
    inside = str(tmp_path / "vault" / "kit.txt")
    assert told(*command(*asked(tmp_path, good, **{"kit-file": inside}))) == "3 KIT-3"
    there = tmp_path / "there.txt"
    there.write_text("something else")
    assert told(*command(*asked(tmp_path, good, **{"kit-file": str(there)}))) == "3 KIT-4"
    assert there.read_text() == "something else"


def test_an_unknown_pack_names_the_nearest(tmp_path: Path) -> None:
    code, out, err = command(*asked(tmp_path, "glove amber canal tiger plaza", pack="portsmouth-2009"))
    assert told(code, out, err) == "3 PACK-3"
    assert "portsmouth-2009-10" in out["error"]["detail"]


def test_a_server_address_has_to_be_safe(tmp_path: Path) -> None:
    good = "glove amber canal tiger plaza"
    assert told(*command(*asked(tmp_path, good, hub="http://example.test"))) == "3 SYNC-3"
    assert told(*command(*asked(tmp_path, good))) == "6 SYNC-6"
    assert not (tmp_path / "vault").exists()
    assert not (tmp_path / "kit.txt").exists()


def test_a_code_that_was_mistyped_is_told(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("glove amber canal tiger plaza\n")
    arguments = ("join", "--vault", str(tmp_path / "v"), "--passphrase-file", str(file), "--code", "NX1-AAAA")
    assert told(*command(*arguments)) == "3 TEAM-3"


def test_broker_now_has_to_be_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("yesterday", "2026-12-02T09:00:00"):
        monkeypatch.setenv("BROKER_NOW", wrong)
        assert told(*command("record", "types")) == "2 USE-2"


def test_ctrl_c_while_the_program_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "broker_desktop.headless", Loading("headless"))
    assert _dispatch(["check"]) == 130
    assert capsys.readouterr().err == "Stopped. Nothing was done.\n"
