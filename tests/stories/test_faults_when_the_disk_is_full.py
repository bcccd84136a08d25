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
    assert found["acknowledged"] > 5
    assert found["readable"], "what was saved before can be read at once, and nothing else is there"
    assert found["reopened"], "and after closing and opening"
    assert found["more"] > 5, "room was made"
    assert found["all_there"]


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
