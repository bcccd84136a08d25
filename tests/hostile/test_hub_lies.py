"""A dishonest or broken server, one lie at a time: noticed within one sync, nothing lost, nothing given away.

The nurse meets the lie at her next sync. Then she must still be able to record, the server must not have got a word or
a key, and when it behaves again everybody must end with everything (protocol.md 1, rows "Malicious hub" and 4, T-MAL).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sync.engine.plan import Batch
from sync.errors import HubRefused, NotNx1, TransportError, VerificationFailed
from sync.replica import Reason
from sync.testing.fakes import LoopbackTransport
from sync.testing.hostile import HostileHub
from tests.hostile.besieged import Besieged

LEAST = Batch(1)


@dataclass(frozen=True)
class Row:
    """One lie and how the nurse's laptop must notice: an error that ends the sync, or what it reports at its end."""

    lie: str
    error: type[TransportError] | None = None
    code: str = ""
    attention: str = ""
    reason: Reason | None = None


IN_ONE_SYNC = (
    Row("dropped_envelope", VerificationFailed, "log_gap"),
    Row("dropped_everything", VerificationFailed, "log_withheld"),
    Row("withheld_body", attention="damaged", reason=Reason.AEAD),
    Row("reordered", VerificationFailed, "log_fork"),
    Row("swapped_bodies", attention="damaged", reason=Reason.AEAD),
    Row("swapped_headers", attention="damaged", reason=Reason.AEAD),
    Row("flipped_bit", attention="damaged", reason=Reason.AEAD),
    Row("absurd_places", VerificationFailed, "log_withheld"),
    Row("forged_checkpoint", VerificationFailed, "checkpoint_signature"),
    Row("other_log", VerificationFailed, "log_reset"),
    Row("rewritten_log", VerificationFailed, "log_fork"),
    Row("endless_log", VerificationFailed, "log_withheld"),
    Row("absurd_head", NotNx1, "not_nx1"),
    Row("absurd_chains", VerificationFailed, "own_chain_withheld"),
    Row("forged_receipt", VerificationFailed, "receipt_signature"),
    Row("no_receipt", VerificationFailed, "receipt_missing"),
    Row("absurd_receipt", NotNx1, "not_nx1"),
    Row("withheld_control", VerificationFailed, "control_withheld"),
    Row("absurd_control", VerificationFailed, "control_withheld"),
    Row("old_control", attention="control_withheld", reason=Reason.UNKNOWN_SEAT),
    Row("fake_seat", VerificationFailed, "control_signature"),
    Row("wrong_grant", attention="grant_refused", reason=Reason.EPOCH),
    Row("other_secret", attention="grant_refused", reason=Reason.EPOCH),
    Row("garbage", NotNx1, "not_nx1"),
    Row("web_page", NotNx1, "not_nx1"),
    Row("long_answer", VerificationFailed, "too_large"),
    Row("wrong_time", HubRefused, "clock_skew"),
    Row("unknown_refusal", HubRefused, "teapot"),
)
AFTER_ONE_HONEST_SYNC = (
    Row("rolled_back", VerificationFailed, "log_regressed"),
    Row("shorter_control", VerificationFailed, "control_regressed"),
)


@pytest.fixture
def team() -> Besieged:
    return Besieged.now()


@pytest.fixture
def hub(team: Besieged) -> HostileHub:
    return HostileHub(team.fleet)


def lied_to(team: Besieged, hub: HostileHub, row: Row, batch: Batch | None = None) -> None:
    """Let the nurse sync while the hub lies, and check that she is told what is wrong."""
    hub.lie = getattr(hub, row.lie)
    if row.error is not None:
        with pytest.raises(row.error) as noticed:
            team.nurse.sync(LoopbackTransport(hub), batch)
        assert noticed.value.code == row.code
    else:
        report = team.nurse.sync(LoopbackTransport(hub), batch)
        assert row.attention in (*report.attention, "")
        assert row.reason in {one.reason for one in team.nurse.replica.quarantined()}


def survived(team: Besieged, hub: HostileHub) -> None:
    """Check that nothing was lost or given away, and that all is well once the hub behaves."""
    team.works_on()
    hub.lie = hub.honest
    team.recovers(hub)
    assert not team.nurse.replica.quarantined()
    assert not team.leaks(hub.received)


@pytest.mark.parametrize("row", IN_ONE_SYNC, ids=lambda row: row.lie)
def test_a_lie_is_noticed_within_one_sync(team: Besieged, hub: HostileHub, row: Row) -> None:
    lied_to(team, hub, row)
    survived(team, hub)


@pytest.mark.parametrize("row", AFTER_ONE_HONEST_SYNC, ids=lambda row: row.lie)
def test_what_was_shown_once_cannot_be_taken_back(team: Besieged, hub: HostileHub, row: Row) -> None:
    team.sync("nurse", hub)
    lied_to(team, hub, row)
    survived(team, hub)


def test_old_pages_again_and_again_bring_no_progress_and_no_duplicate(team: Besieged, hub: HostileHub) -> None:
    lied_to(team, hub, Row("replayed", VerificationFailed, "log_withheld"), Batch(1))
    survived(team, hub)
