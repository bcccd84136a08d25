"""The laptop's disk is full in the middle of the evening: it is said, what was saved is safe, and room mends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.common.programs import Laptop, Server, Team
from tests.common.small_disk import on_small_disk


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A laptop on which nobody has recorded anything yet."""
    folder = tmp_path_factory.mktemp("full")
    with Server(folder / "server") as server:
        yield Team.founded(folder, server).lead


def test_a_save_without_room_says_so_and_loses_nothing(lead: Laptop, tmp_path: Path) -> None:
    found = on_small_disk(lead, tmp_path / "disk", "saves_until_full")
    for refusal in (found["refusal"], found["second"]):
        assert (refusal["code"], refusal["exit_code"], refusal["your_data"]) == ("STORE-28", 8, "safe")
        assert refusal["words"].startswith("This laptop's disk is full. What you saved before is safe")
    assert found["acknowledged"] > 10
    assert found["readable"], "what was saved before can still be read"
    assert found["reopened"], "after closing and opening exactly the acknowledged records are there"
    assert found["same_state"], "the refused save left nothing behind"
    assert found["saved_after_room_was_made"]


def test_an_import_without_room_ends_with_8_and_stores_nothing(lead: Laptop, tmp_path: Path) -> None:
    found = on_small_disk(lead, tmp_path / "disk", "commands_on_a_full_disk")
    refused = found["import"]
    assert refused["code"] == 8, refused["err"]
    assert json.loads(refused["out"])["error"]["code"] == "STORE-28"
    assert refused["err"].count("\n") == 1
    assert "Traceback" not in refused["err"]
    assert found["list"]["code"] == 0, found["list"]["err"]
    assert len(found["list"]["out"].splitlines()) == found["before"]
    assert found["check"]["code"] == 0, found["check"]["err"]
    assert json.loads(found["check"]["out"])["ok"] is True
