"""status counts; check finds every kind of damage by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from sync.hub import check
from tests.hub.world import TODAY, World

DAMAGE = {
    "UPDATE envelope SET env_hash = :other WHERE n = 2": "the running head differs from the log",
    "UPDATE envelope SET body = :other WHERE n = 2": "envelope 2 differs from its hash",
    "UPDATE envelope SET n = 4 WHERE n = 3": "envelope 3 is missing",
    "DELETE FROM envelope WHERE n = 3": "the log ends at 2, its counter says 3",
    "UPDATE team SET used_bytes = used_bytes + 1": "the bytes used differ from the log",
    "UPDATE team SET ctl_hash = :other": "the control head differs from the control log",
    "UPDATE seat SET role = 3 WHERE role = 2": "the seat table differs from the control log",
    "DELETE FROM control WHERE ctl_seq = 2": "the control log does not verify (ctl_conflict)",
}


def test_a_hub_that_is_whole_has_no_findings(world: World) -> None:
    world.push(*world.lena.envelopes(3))
    assert check.findings(world.hub.store) == []


@pytest.mark.parametrize("statement", DAMAGE)
def test_damage_is_found(world: World, statement: str) -> None:
    world.push(*world.lena.envelopes(3))
    with world.hub.store.engine.begin() as db:
        db.execute(text(statement), {"other": bytes(32)} if ":other" in statement else {})
    assert f"team {world.team.hex()}: {DAMAGE[statement]}" in check.findings(world.hub.store)


def test_status_counts(world: World) -> None:
    world.push(*world.lena.envelopes(3))
    world.hub.issue_token()
    status = check.status(world.hub.store, TODAY)
    assert (status.teams, status.seats, status.envelopes, status.bytes) == (1, 3, 3, 3 * 1260)
    assert (status.invites, status.unused_tokens, status.hub_id) == (0, 1, world.hub.hub_id.hex())
