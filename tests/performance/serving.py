"""What one server takes: envelopes of 1 KiB in batches, each batch one durable transaction on SQLite."""

from __future__ import annotations

from pathlib import Path

from sync.hub.core import Hub
from sync.hub.embedded import open_store
from sync.system import SystemClock, SystemRandom
from tests.hub.world import World
from tests.performance.figures import Figure, beside_cpu, watched

_BATCH = 100


def hub_intake(folder: Path, batches: int) -> list[Figure]:
    """Push envelopes of 1 KiB, a hundred at a time, to a hub called without HTTP."""
    store = open_store(f"sqlite:///{folder / 'intake.db'}")
    world = World(Hub(store, SystemClock(), SystemRandom()), SystemClock())
    assert world.found().status == 200
    pushes = [world.lena.envelopes(_BATCH) for _ in range(batches)]
    with watched() as watch:
        for push in pushes:
            _taken(world, push)
    store.close()
    rate = _BATCH * batches / watch.wall
    return [
        Figure(
            work=f"server, batches of {_BATCH}", ours=rate, unit="envelopes/s", bar=1000, at_least=True,
            notes=[beside_cpu([watch])],
        )
    ]  # fmt: skip


def _taken(world: World, push: list[bytes]) -> None:
    assert world.push(*push).status == 200
