"""The side of a replica that the sync engine uses: what to send, what came, what is verified (protocol.md 2.5, 2.6).

Each method is one transaction or one query, and each may be repeated after a crash without harm. No network here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sync.clock import split_chain
from sync.codec import Value
from sync.control import ControlState, Entry
from sync.crypto.keyring import EpochSecret, Keyring
from sync.crypto.signing import SigningKey, sha256
from sync.errors import VerificationFailed
from sync.protocol.enrolment import Role
from sync.protocol.frames import ChainHead, Pulled
from sync.protocol.messages import Checkpoint, Receipt
from sync.replica import archive, custody, former, holding, outbox, own_chain, places, trust
from sync.replica.acknowledging import acknowledge
from sync.replica.core import Core, ReplicaBusyError, Work
from sync.replica.cursor import advance_over_own, compared, move, read_from_start
from sync.replica.inbox import Inbox, is_signed
from sync.replica.outbox import Sealer
from sync.replica.receiving import ALARMS, inbox_of, note_alarms
from sync.replica.team_side import TeamSide
from sync.replica.values import Counts, Cursor, HubVersions, InvitedRights, Missing, Outgoing, PageResult

_ON_ITS_WAY_MS: Final = 7 * 24 * 3600 * 1000
_UNCONFIRMED: Final = "unconfirmed_alarms"
"""Found in pages that no checkpoint has confirmed yet: a damaged page would contradict honest colleagues."""
_MENDED_AT_ONCE: Final = 4


class HubSide:
    """What the engine does with a replica."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._team = TeamSide(core)

    @property
    def team(self) -> TeamSide:
        """Seats and keys as this vault has met them."""
        return self._team

    @property
    def control(self) -> ControlState | None:
        """The verified control log; None before a join is complete."""
        return self._core.memory.control

    @property
    def keyring(self) -> Keyring:
        """The epoch secrets held."""
        return self._core.memory.keyring

    @property
    def cursor(self) -> Cursor | None:
        """Our place in the hub's log; None before the first sync."""
        return self._core.memory.cursor

    @property
    def provisional(self) -> bool:
        """Whether no checkpoint was ever verified here: what is held of the team's log may not be what the hub has."""
        cursor = self._core.memory.cursor
        return cursor is None or cursor.verified_day == 0

    def begin(self, entries: Sequence[Entry], control: ControlState, secrets: Iterable[EpochSecret]) -> None:
        """Keep the control log of the team that this vault has just created or joined, and its secrets.

        A log that was kept before, provisionally, gives way; secrets that this one commits to as well stay.

        Args:
            entries: every entry from the genesis on.
            control: their verified state.
            secrets: checked against it.
        """
        with self._core.write() as work:
            trust.forget_team(work.connection)
            trust.write_control(work.connection, entries)
            kept = (one for one in work.after.keyring if _committed(one, control))
            ring = Keyring([*kept, *secrets])
            trust.write_secrets(work.connection, ring)
            cursor = trust.start_cursor(control.log_id)
            trust.write_cursor(work.connection, cursor)
            work.remember(control=control, keyring=ring, cursor=cursor)

    def extend_control(self, entries: Sequence[Entry], control: ControlState) -> None:
        """Keep further verified entries and the state after them."""
        with self._core.write() as work:
            trust.write_control(work.connection, entries)
            fresh = trust.take_fresh_secrets(work.connection, control)
            trust.write_secrets(work.connection, fresh)
            held = work.after.held
            work.remember(control=control, keyring=work.after.keyring.with_secrets(fresh))
            if held is not None and not set(work.after.held or ()) <= set(held):
                read_from_start(work)
            holding.note_changes(work, self._core.memory.control, control)

    def keep_fresh_secrets(self, secrets: Sequence[EpochSecret]) -> None:
        """Keep secrets that this lead is about to announce; they count once the control log commits to them."""
        with self._core.write() as work:
            trust.write_fresh_secrets(work.connection, secrets)

    def keep_invited(self, invite_id: bytes, rights: InvitedRights) -> None:
        """Remember what this lead has invited a laptop to."""
        with self._core.write() as work:
            known = self._meta(trust.INVITED) or {}
            work.keep(trust.INVITED, {**known, invite_id: [int(rights.role), list(rights.comps)]})

    def invited(self, invite_id: bytes) -> InvitedRights | None:
        """Return what this lead has invited a laptop to; None for an invite made elsewhere."""
        known = (self._meta(trust.INVITED) or {}).get(invite_id)
        return None if known is None else InvitedRights(role=Role(known[0]), comps=tuple(known[1]))

    def add_secrets(self, secrets: Iterable[EpochSecret]) -> None:
        """Keep epoch secrets that were checked against the control log."""
        ring = list(secrets)
        with self._core.write() as work:
            trust.write_secrets(work.connection, ring)
            work.remember(keyring=self._core.memory.keyring.with_secrets(ring))

    def hub_key(self) -> bytes | None:
        """Return the hub's public key, once it was checked against the pinned hub_id."""
        key: bytes | None = self._meta(trust.HUB_KEY)
        return key

    def keep_hub_key(self, hub_pk: bytes) -> None:
        """Keep the hub's public key."""
        with self._core.write() as work:
            work.keep(trust.HUB_KEY, hub_pk)

    def clock_offset(self) -> int:
        """Return the difference of the hub's clock to ours in milliseconds, as last learnt; for requests only."""
        offset: int = self._meta(trust.CLOCK_OFFSET) or 0
        return offset

    def keep_clock_offset(self, offset_ms: int) -> None:
        """Keep the difference of the hub's clock to ours."""
        if offset_ms != self.clock_offset():
            with self._core.write() as work:
                work.keep(trust.CLOCK_OFFSET, offset_ms)

    def versions(self) -> HubVersions:
        """Return the versions of grants and keyrings that were fetched last."""
        return HubVersions(grants=self._meta(trust.GRANTS) or 0, keyrings=self._meta(trust.KEYRINGS) or {})

    def keep_versions(self, versions: HubVersions) -> None:
        """Keep the versions of grants and keyrings that were fetched."""
        with self._core.write() as work:
            work.keep(trust.GRANTS, versions.grants)
            work.keep(trust.KEYRINGS, dict(versions.keyrings))

    def seal(self, key: SigningKey) -> int:
        """Seal everything unsealed that this seat can seal; return how many operations.

        Raises:
            StaleCheckpointError: the hub's last signed word is more than 90 days old.
        """
        total = 0
        while sealed := self._seal_some(key):
            total += sealed
        return total

    def _seal_some(self, key: SigningKey) -> int:
        memory = self._core.memory
        if memory.control is None or memory.cursor is None or memory.chain is None:
            return 0
        with self._core.read() as connection:
            if not outbox.anything_unsealed(connection):
                return 0
        with self._core.write() as work:
            sealer = Sealer(
                control=memory.control, keyring=memory.keyring, cursor=memory.cursor, chain=memory.chain, key=key,
                program=self._core.program,
                now_ms=self._core.clock.now_ms() + self.clock_offset(), audit=memory.audit,
            )  # fmt: skip
            return sealer.seal(work.connection)

    def outgoing(self, max_bytes: int, max_count: int) -> list[Outgoing]:
        """Return the next sealed envelopes to push, in chain order; at least one where any waits."""
        memory = self._core.memory
        if memory.chain is None:
            return []
        with self._core.read() as connection:
            return outbox.outgoing(connection, memory.own_seats, max_bytes, max_count)

    def waiting_envelopes(self) -> int:
        """Return how many sealed envelopes no receipt covers."""
        with self._core.read() as connection:
            return outbox.waiting_envelopes(connection)

    def acknowledge(self, sent: Sequence[Outgoing], receipt: Receipt, sig: bytes) -> int:
        """Take a verified receipt over envelopes we sent; return how many operations it covers."""
        with self._core.write() as work:
            for one, (n, _) in zip(sent, receipt.items, strict=True):
                acknowledge(work, one.envelope_id, n)
            digest = sha256(*(n.to_bytes(8, "big") + env_hash for n, env_hash in receipt.items))
            outbox.store_receipt(work.connection, receipt, digest, sig)
            advance_over_own(work)
            if not work.after.anything_open:
                work.look_for_open()
        return sum(one.operations for one in sent)

    def apply_page(self, page: Sequence[Pulled], checkpoint: Checkpoint) -> PageResult:
        """Apply a page of the log in one transaction, up to the checkpoint's place.

        Raises:
            VerificationFailed: places are missing, or the log does not hash to the checkpoint. Nothing of this page
                was applied, and the next sync reads again from the last place that a checkpoint confirmed.
        """
        try:
            with self._core.write() as work:
                inbox = inbox_of(self._core, work)
                self._take(work, inbox, page, checkpoint)
                advance_over_own(work, checkpoint)
                if inbox.own_ahead:
                    work.keep(trust.OWN_AHEAD, True)
                confirmed = work.after.cursor is not None and work.after.cursor.verified_n >= checkpoint.n
                note_alarms(work, inbox.alarms, ALARMS if confirmed else _UNCONFIRMED)
                if confirmed:
                    note_alarms(work, work.after.meta.get(_UNCONFIRMED, ()))
                work.remember(anything_open=inbox.anything_open)
        except VerificationFailed:
            self._go_back()
            raise
        return PageResult(n=self._cursor().n, operations=inbox.operations, quarantined=inbox.quarantined)

    def confirm(self, checkpoint: Checkpoint) -> None:
        """Compare our place with the hub's signed word when there is nothing to pull.

        Raises:
            VerificationFailed: the log was rewritten or cut off.
        """
        cursor = self._cursor()
        if checkpoint.n < cursor.n:
            raise VerificationFailed("log_regressed", "the log is shorter than it was")
        if checkpoint.n == cursor.n and checkpoint.h_n != cursor.h:
            self._go_back()
            raise VerificationFailed("log_fork", "the log is not the one we read")
        if checkpoint.day != cursor.verified_day:
            with self._core.write() as work:
                move(work, compared(replace(cursor, verified_day=checkpoint.day), checkpoint))

    def retry_quarantine(self) -> PageResult:
        """Try again what is set aside: control log, keys or program may have changed. One query when nothing is."""
        if not self._core.memory.anything_open:
            return PageResult(n=self._cursor().n)
        with self._core.write() as work:
            inbox = inbox_of(self._core, work)
            inbox.retry()
            work.look_for_open()
            note_alarms(work, inbox.alarms)
        return PageResult(n=self._cursor().n, operations=inbox.operations, quarantined=inbox.quarantined)

    def unverified(self, page: Sequence[Pulled]) -> list[int]:
        """Return the places of a page whose envelopes their author did not sign as they came."""
        control = self._core.memory.control
        return [] if control is None else [n for n, raw in page if not is_signed(archive.arrival_of(raw), control)]

    def damaged(self) -> list[int]:
        """Return a few places of the log whose envelopes came damaged or without their body."""
        if not self._core.memory.anything_open:
            return []
        with self._core.read() as connection:
            return archive.damaged(connection, _MENDED_AT_ONCE)

    def mend(self, raw: bytes) -> PageResult:
        """Take another copy of an envelope that came damaged; one that is no better changes nothing."""
        with self._core.write() as work:
            inbox = inbox_of(self._core, work)
            arrival = archive.arrival_of(raw)
            kept = archive.kept_by_hash(work.connection, arrival.env_hash)
            if kept is not None:
                inbox.mend(arrival, kept)
            work.look_for_open()
            note_alarms(work, inbox.alarms)
        return PageResult(n=self._cursor().n, operations=inbox.operations, quarantined=inbox.quarantined)

    def own_chain_behind(self, heads: Iterable[ChainHead]) -> bool:
        """Tell whether the hub holds envelopes of ours that this vault lacks: it was restored from an older image."""
        chain = self._core.memory.chain
        if chain is None:
            return False
        if self.own_chain_ahead():
            return True
        with self._core.read() as connection:
            return own_chain.is_behind(connection, chain, _own_heads(chain, heads))

    def own_chain_ahead(self) -> bool:
        """Tell whether envelopes under our own signature came that this vault did not make: it was restored."""
        return bool(self._meta(trust.OWN_AHEAD))

    def start_incarnation(self) -> int:
        """Begin a new incarnation and stamp everything unsent anew under it; return how many operations."""
        old = self._own_chain()
        with self._core.write() as work:
            new = own_chain.next_incarnation(work.connection, old)
            moved = own_chain.restamp(work.connection, work.rows, old, new)
            work.keep(trust.INCARNATION, split_chain(new)[1])
            work.keep(trust.OWN_AHEAD, False)
            work.remember(chain=new)
        return moved

    def take_new_seat(self, old: bytes) -> int:
        """Put what is unsent under the seat this vault was opened as, instead of the chain `old` (former.py)."""
        return former.take_new_seat(self._core, old)

    def counts(self) -> Counts:
        """Return the totals of a sync report."""
        with self._core.read() as connection:
            return Counts(
                conflicts=custody.conflicts(connection),
                quarantined=archive.quarantine_size(connection),
                unsent=custody.unsent(connection),
            )

    def missing(self) -> list[Missing]:
        """Return envelopes that a colleague named at least 7 days ago and that have not come."""
        with self._core.read() as connection:
            return places.missing(connection, self._core.clock.now_ms() - _ON_ITS_WAY_MS)

    def alarms(self) -> tuple[str, ...]:
        """Return the codes of contradictions that a person has to know of."""
        return tuple(self._meta(ALARMS) or ())

    def dismiss_alarms(self) -> None:
        """Forget the alarms; a person has seen them."""
        with self._core.write() as work:
            work.keep(ALARMS, [])

    def _meta(self, name: str) -> Value:
        return self._core.memory.meta.get(name)

    def _own_chain(self) -> bytes:
        chain = self._core.memory.chain
        if chain is None:
            raise ReplicaBusyError("no_seat", "this vault has no seat")
        return chain

    def _cursor(self) -> Cursor:
        cursor = self._core.memory.cursor
        if cursor is None:
            raise ReplicaBusyError("no_team", "this vault has no team yet")
        return cursor

    def _take(self, work: Work, inbox: Inbox, page: Sequence[Pulled], checkpoint: Checkpoint) -> None:
        cursor = self._cursor()
        for n, raw in page:
            if n <= cursor.n or n > checkpoint.n:
                continue
            if n != cursor.n + 1:
                raise VerificationFailed("log_gap", "places of the log are missing")
            cursor = replace(cursor, n=n, h=inbox.take(n, raw, cursor.h))
        move(work, cursor)

    def _go_back(self) -> None:
        """Read again from the last confirmed place; what was applied since is recognised by its hash."""
        cursor = self._cursor()
        with self._core.write() as work:
            move(work, replace(cursor, n=cursor.verified_n, h=cursor.verified_h))
            archive.forget_heads(work.connection, cursor.verified_n)
            work.keep(_UNCONFIRMED, [])


def _own_heads(chain: bytes, heads: Iterable[ChainHead]) -> Mapping[int, int]:
    return {head.inc: head.seq for head in heads if head.seat == chain[:16]}


def _committed(secret: EpochSecret, control: ControlState) -> bool:
    """Tell whether a control log commits to a secret."""
    key = control.epoch_key(secret.comp, secret.epoch)
    return key is not None and secret.matches(key)
