"""Fleets of laptops on an in-memory replica against the oracle, with everything the network and the disk can do."""

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.convergence.machine import FleetMachine

STEPS = 50
SHARDS = 8
RUNS = 250


class ShuffledFleet(FleetMachine):
    """Every laptop meets what the others wrote in an order of its own."""

    shuffled = True


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_laptop_ends_with_what_was_written(shard: int) -> None:
    machine = seed(shard)(ShuffledFleet if shard % 2 else FleetMachine)
    run_state_machine_as_test(machine, settings=settings(max_examples=RUNS, stateful_step_count=STEPS))
