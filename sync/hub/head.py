"""The signed head of a team: what every sync asks for first."""

from __future__ import annotations

from sqlalchemy import Connection

from sync import codec
from sync.crypto.signing import sha256
from sync.hub.outcomes import HubAnswer, cbor
from sync.hub.route import Call
from sync.hub.store import keys, log, mailbox
from sync.hub.store.teams import TeamRow
from sync.hub.tables import TEAM_RESTORING
from sync.protocol.messages import Checkpoint, HeadAnswer

_VERSION_BYTES = 7


def head_answer(call: Call, db: Connection, team: TeamRow) -> HubAnswer:
    """Give the head of a team, its checkpoint signed as of today."""
    checkpoint = Checkpoint(
        team=team.team_id,
        log_id=team.log_id,
        n=team.head_n,
        h_n=team.head_h,
        ctl_seq=team.ctl_seq,
        ctl_hash=team.ctl_hash,
        day=call.today,
    )
    answer = HeadAnswer(
        checkpoint=checkpoint,
        sig=checkpoint.sign(call.key),
        chains=tuple(log.chains(db, team.team_id)),
        mailbox=mailbox.last_k(db, team.team_id),
        grants_version=grants_version(db, team.team_id),
        keyrings=keys.keyring_versions(db, team.team_id),
        restoring=team.state == TEAM_RESTORING,
    )
    return cbor(answer.encode())


def grants_version(db: Connection, team_id: bytes) -> int:
    """Give a number that changes whenever a grant of the team is added or replaced; 0 without any.

    It is made from the grants themselves, so that no counter has to be kept beside them.
    """
    marks = keys.grant_marks(db, team_id)
    if not marks:
        return 0
    return int.from_bytes(sha256(codec.encode([list(mark) for mark in marks]))[:_VERSION_BYTES], "big")
