"""A member whose own program is not ours: it seals what it likes into its own chain."""

from __future__ import annotations

from collections.abc import Mapping

from sync import operation
from sync.crypto.sealing import (
    Gossip,
    Preamble,
    Tip,
    drop_ciphertext,
    encode_body,
    frame,
    seal_bundle,
    sign_drop,
)
from sync.engine.exchange import Caller, run
from sync.engine.hub_calls import HubCalls
from sync.protocol.envelope import ZERO_HASH, Envelope, EnvelopeType, Header, assemble, ciphertext_size
from tests.common.laptops import Laptop, row_id


class Insider:
    """A member whose own program seals what it likes into its own chain."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.team_id = laptop.identity.team_id
        self.seq, self.prev = 0, ZERO_HASH
        control = laptop.replica.control
        assert control is not None
        self.control = control
        self.calls = HubCalls(_caller(laptop), self.team_id)

    def tip(self) -> Tip:
        return Tip(
            team=self.team_id, seat=self.laptop.identity.seat_id, inc=0, seq=self.seq + 1, prev=self.prev,
            ctl_seq=self.control.ctl_seq,
        )  # fmt: skip

    def push(self, envelope: Envelope) -> None:
        run(self.calls.push([envelope.raw]), self.laptop.transport)
        self.seq, self.prev = envelope.header.seq, envelope.env_hash

    def garbage(self, comp: int) -> Envelope:
        tip = self.tip()
        header = Header(
            kind=EnvelopeType.BUNDLE, comp=comp, team=tip.team, seat=tip.seat, inc=0, seq=tip.seq, prev=tip.prev,
            ctl_seq=tip.ctl_seq, epoch=1, ct_len=ciphertext_size(1, 1024),
        )  # fmt: skip
        return assemble(header, bytes(header.ct_len), self.laptop.identity.signing_key())

    def bundle(
        self, comp: int, *ops: bytes, gossip: Gossip | None = None, epoch: int = 1,
        seen: Mapping[bytes, tuple[int, bytes]] | None = None, min_dm: int = 1, drop: bool = False,
    ) -> Envelope:  # fmt: skip
        cursor = self.laptop.replica.hub_side.cursor
        assert cursor is not None
        honest = Gossip(
            log_id=cursor.log_id, n=0, h_n=ZERO_HASH, ctl_seq=self.control.ctl_seq, ctl_hash=self.control.ctl_hash
        )
        preamble = Preamble(dm=1, min_dm=min_dm, app="", gossip=gossip or honest, seen=seen or {})
        body = encode_body(preamble, ops)
        if drop:
            target = self.control.epoch_key(comp, epoch)
            assert target is not None
            ct = drop_ciphertext(frame(body), target, self.team_id, self.laptop.identity.seat_id)
            return sign_drop(ct, target, self.tip(), self.laptop.identity.signing_key())
        secret = self.laptop.replica.hub_side.keyring.secret(comp, epoch)
        return seal_bundle(frame(body), secret, self.tip(), self.laptop.identity.signing_key())


def _caller(laptop: Laptop) -> Caller:
    identity = laptop.identity
    return Caller(
        seat=identity.seat_id, key=identity.signing_key(), hub_id=identity.hub_id, clock=laptop.clock,
        random=laptop.random,
    )  # fmt: skip


def create(number: int, hlc: int, table: str = "contact") -> bytes:
    return operation.create(table, row_id(number), hlc, {"site": "van"}).cbor
