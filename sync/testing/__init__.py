"""What tests and the demo stand on: fakes for clock, randomness and transport, a fleet of laptops, a hostile hub.

Nothing in the product imports this package.
"""

from sync.testing.fakes import (
    START_MS,
    Crash,
    FlakyTransport,
    HubAnswer,
    InProcessHub,
    LoopbackTransport,
    ManualClock,
    SeededRandom,
    plain_engine,
)

__all__ = [
    "START_MS",
    "Crash",
    "FlakyTransport",
    "HubAnswer",
    "InProcessHub",
    "LoopbackTransport",
    "ManualClock",
    "SeededRandom",
    "plain_engine",
]
