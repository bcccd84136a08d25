"""What every test stands on: Hypothesis profiles, a log that must stay quiet, and no network beyond this machine."""

import ipaddress
import logging
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sync.testing import ManualClock, SeededRandom

# A timing is never a pass or fail here, so no test has a deadline.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None, print_blob=True)
settings.load_profile("dev")

OUR_LOGGERS = ("broker_desktop", "sync")


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def expected_log() -> set[str]:
    """Constant messages (before their arguments) that this test may log at WARNING or above; add to it."""
    return set()


@pytest.fixture(autouse=True)
def quiet_log(expected_log: set[str]) -> Iterator[None]:
    """Fail a test during which our code logged a warning or worse that the test did not name."""
    kept = _Kept()
    for name in OUR_LOGGERS:
        logging.getLogger(name).addHandler(kept)
    yield
    for name in OUR_LOGGERS:
        logging.getLogger(name).removeHandler(kept)
    stray = [record for record in kept.records if str(record.msg) not in expected_log]
    assert not stray, "unexpected log: " + "; ".join(f"{r.levelname} {r.name}: {r.getMessage()}" for r in stray)


def _is_this_machine(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a path: a Unix socket never leaves the machine
    host = str(address[0])
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if not _is_this_machine(address):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture
def manual_clock() -> ManualClock:
    """A clock that stands still until the test moves it."""
    return ManualClock()


@pytest.fixture
def seeded_random() -> SeededRandom:
    """Randomness that is the same in every run."""
    return SeededRandom()
