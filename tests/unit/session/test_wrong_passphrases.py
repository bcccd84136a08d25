"""Thirty wrong passphrases: each costs the same, nothing in the folder changes, and nothing locks anybody out (T-SLOT).

What a guess costs is what Argon2id is told to do; that is read from the file, the same for every guess. The clock is
asked besides, as processor time and over medians, because a single try on a busy machine proves nothing.
"""

import statistics
import time
from pathlib import Path

import pytest

from broker_desktop.errors import WrongPassphrase
from sync.crypto import passphrase
from tests.common.locked import PASSPHRASE, lock_with, unlocked
from tests.common.vaults import Desk

TRIES = 30
KINDS = ("", "x", PASSPHRASE[:-1], PASSPHRASE + " ", PASSPHRASE.upper(), "p" * 200)


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [path for path in folder.iterdir() if path.name != "lock"]
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_thirty_wrong_passphrases_cost_the_same_and_change_nothing(lead_desk: Desk) -> None:
    lock_with(lead_desk)
    before = content(lead_desk.folder)
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(TRIES):
        guess = KINDS[number % len(KINDS)]
        start = time.process_time()
        with pytest.raises(WrongPassphrase), unlocked(lead_desk.folder, lead_desk.environment, guess):
            pass
        took[guess].append(time.process_time() - start)
    assert content(lead_desk.folder) == before
    slots = passphrase.parse_slots((lead_desk.folder / "slots").read_bytes()).slots
    costs = [(one.cost.m_kib, one.cost.t, one.cost.p) for one in slots if one.cost is not None]
    assert costs == [(passphrase.FLOOR_M_KIB, passphrase.FLOOR_T, 1)]
    quickest = {kind: min(times) for kind, times in took.items()}
    usual = statistics.median(quickest.values())
    assert min(quickest.values()) > 0.5 * usual  # no guess is cheap; how near they lie is printed, not judged
    print({kind[:8]: round(seconds / usual, 3) for kind, seconds in quickest.items()})
    with unlocked(lead_desk.folder, lead_desk.environment) as session:
        assert session.seat.role == "lead"
