"""Judging pushed envelopes, cheapest check first (protocol.md 2.17), without opening one.

A push is judged twice by the same rules: once before the team's row is locked, when signatures are verified, and once
under the lock, when nothing can change any more and what was verified is not verified again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from sync.errors import EnvelopeRefused
from sync.hub.outcomes import Refused, refuse
from sync.hub.store import log
from sync.hub.store.log import EnvelopeRow, Tip
from sync.hub.store.teams import SeatRow, TeamRow, find_seats
from sync.protocol.envelope import HEADER_SIZE, ZERO_HASH, Envelope, parse_envelope, verify_envelope
from sync.protocol.problems import Problem

_OUTSIDE: Final = {"unknown": Problem.PROTO, "chain": Problem.PREV_MISMATCH}


@dataclass(frozen=True, slots=True)
class Pushed:
    """The envelopes at the front of a push that have the right shape, and the refusal of the first that has not."""

    envelopes: Sequence[Envelope]
    error: Refused | None


@dataclass(slots=True)
class Verdict:
    """What becomes of a push: `items` are (n, env_hash) in request order, `rows` the new ones among them.

    `error` is the refusal that ended it: of the envelope after the last item.
    """

    items: list[tuple[int, bytes]] = field(default_factory=list)
    rows: list[EnvelopeRow] = field(default_factory=list)
    used_bytes: int = 0
    error: Refused | None = None


def parse_push(frames: Sequence[bytes], team_id: bytes) -> Pushed:
    """Check size, magic, suite, type, flags and team of each, up to the first that fails."""
    envelopes: list[Envelope] = []
    for frame in frames:
        try:
            envelope = parse_envelope(frame)
        except EnvelopeRefused as error:
            return Pushed(envelopes, Refused(_OUTSIDE.get(error.reason, Problem.MALFORMED), error.detail))
        if envelope.header.team != team_id:
            return Pushed(envelopes, Refused(Problem.MALFORMED, "an envelope of another team"))
        envelopes.append(envelope)
    return Pushed(envelopes, None)


def judge(db: Connection, team: TeamRow, day: int, pushed: Pushed, verified: set[bytes]) -> Verdict:
    """Judge a push against one state of the team, in order, up to the first refusal.

    `verified` holds the env_hashes whose signature verified before; those that verify now are added.
    """
    seats = find_seats(db, team.team_id, {envelope.header.seat for envelope in pushed.envelopes})
    judging = _Judging(db, team, day, seats, verified)
    for envelope in pushed.envelopes:
        try:
            judging.take(envelope)
        except Refused as refused:
            judging.verdict.error = refused
            return judging.verdict
    judging.verdict.error = pushed.error
    return judging.verdict


class _Judging:
    def __init__(
        self, db: Connection, team: TeamRow, day: int, seats: dict[bytes, SeatRow], verified: set[bytes]
    ) -> None:
        self._db = db
        self._team = team
        self._day = day
        self._seats = seats
        self._verified = verified
        self._tips: dict[bytes, Tip | None] = {}
        self.verdict = Verdict(used_bytes=team.used_bytes)

    def take(self, envelope: Envelope) -> None:
        """Accept one envelope, or refuse it."""
        header = envelope.header
        author = self._seats.get(header.seat)
        if author is None:
            refuse(Problem.NOT_FOUND, "the author is not a seat of this team")
        if not author.may_write(self._day):
            refuse(Problem.SEAT_REVOKED, "the author's seat has ended")
        tip = self._tip(header.chain, header.seat, header.inc)
        if tip is not None and header.seq <= tip.seq:
            self.verdict.items.append((self._held(envelope, tip), envelope.env_hash))
            return
        self._check_place(envelope, tip)
        self._check_signature(envelope, author)
        self._append(envelope)

    def _tip(self, chain: bytes, seat_id: bytes, inc: int) -> Tip | None:
        if chain not in self._tips:
            self._tips[chain] = log.tip(self._db, self._team.team_id, seat_id, inc)
        return self._tips[chain]

    def _held(self, envelope: Envelope, tip: Tip) -> int:
        """Give the n of an envelope that came before; another one in its place is a fork, which is an alarm."""
        header = envelope.header
        own = [
            row for row in self.verdict.rows if (row.seat_id, row.inc, row.seq) == (tip.seat_id, tip.inc, header.seq)
        ]
        held = (own[0].n, own[0].env_hash) if own else log.find(self._db, self._team.team_id, *_place(envelope))
        if held is None:
            raise AssertionError("a chain has no gaps below its tip")
        n, env_hash = held
        if env_hash != envelope.env_hash:
            refuse(Problem.CHAIN_FORK, "another envelope stands in this place of the chain", have=env_hash)
        return n

    def _check_place(self, envelope: Envelope, tip: Tip | None) -> None:
        header = envelope.header
        expected = 1 if tip is None else tip.seq + 1
        if header.seq != expected:
            refuse(Problem.GAP, "envelopes before this one are missing", expected=expected)
        # The first envelope of a later incarnation names the last one its laptop knew of, which may never have come
        # here: only a reader can judge it (protocol.md 2.4).
        prev = tip.env_hash if tip is not None else (ZERO_HASH if header.inc == 0 else header.prev)
        if header.prev != prev:
            refuse(Problem.PREV_MISMATCH, "does not follow the last envelope of its chain")
        least = tip.ctl_seq if tip is not None else 1
        if not least <= header.ctl_seq <= self._team.ctl_seq:
            refuse(
                Problem.CTL_CONFLICT, "written as of an unknown or an earlier control entry", ctl_seq=self._team.ctl_seq
            )

    def _check_signature(self, envelope: Envelope, author: SeatRow) -> None:
        if envelope.env_hash in self._verified:
            return
        try:
            verify_envelope(envelope, author.sign_pk)
        except EnvelopeRefused as error:
            refuse(Problem.BAD_SIG, error.detail)
        self._verified.add(envelope.env_hash)

    def _append(self, envelope: Envelope) -> None:
        header, size = envelope.header, len(envelope.raw)
        if self.verdict.used_bytes + size > self._team.quota_bytes:
            refuse(Problem.QUOTA, "the team's space on this server is used up")
        n = self._team.next_n + len(self.verdict.rows)
        self.verdict.rows.append(
            EnvelopeRow(
                team_id=header.team,
                n=n,
                seat_id=header.seat,
                inc=header.inc,
                seq=header.seq,
                type=int(header.kind),
                comp=header.comp,
                env_hash=envelope.env_hash,
                header=envelope.raw[:HEADER_SIZE],
                body=envelope.ct,
                sig=envelope.sig,
                day=self._day,
            )
        )
        self.verdict.items.append((n, envelope.env_hash))
        self.verdict.used_bytes += size
        self._tips[header.chain] = Tip(header.seat, header.inc, header.seq, n, envelope.env_hash, header.ctl_seq)


def _place(envelope: Envelope) -> tuple[bytes, int, int]:
    return envelope.header.seat, envelope.header.inc, envelope.header.seq
