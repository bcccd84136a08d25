"""Fleets of laptops on an in-memory replica against the oracle, with everything the network and the disk can do."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.common.fleets import memory_team
from tests.convergence.machine import machine

STEPS = 30
"""2,000 runs must stay under five minutes on two cores (protocol.md, T-CONV)."""
SHARDS = 16
RUNS = 2000 // SHARDS


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_laptop_ends_with_what_was_written(shard: int) -> None:
    run_state_machine_as_test(
        machine(memory_team(), number=shard, shuffled=shard % 2 == 1),
        settings=settings(max_examples=RUNS, stateful_step_count=STEPS),
    )
