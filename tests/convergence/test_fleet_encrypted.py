"""The same fleets with each laptop's replica in an encrypted file, opened as a vault opens it."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from broker_desktop.store.database import open_engine
from tests.common.fleets import Enrolled, enrolled
from tests.convergence.machine import machine
from tests.convergence.test_fleet import STEPS

SHARDS = 4
RUNS = 100 // SHARDS


class VaultFile:
    """An encrypted file on the disk; closing and opening it is real."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = open_engine(path, bytearray(range(32)), read_only=False)

    def reopen(self) -> None:
        """Close the file; the next use opens it."""
        self.engine.dispose()

    def image(self) -> bytes:
        """Return the file after its last connection has closed and folded the write-ahead log into it."""
        self.engine.dispose()
        return self._path.read_bytes()

    def load(self, image: bytes) -> None:
        """Replace the file."""
        self.engine.dispose()
        self._path.write_bytes(image)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Enrolled:
    folder = tmp_path_factory.mktemp("vaults")
    return enrolled(lambda name: VaultFile(folder / f"{name}.db"))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_vault_ends_with_what_was_written(team: Enrolled, shard: int) -> None:
    run_state_machine_as_test(
        machine(team, number=shard, shuffled=shard % 2 == 1),
        settings=settings(max_examples=RUNS, stateful_step_count=STEPS),
    )
