"""A team in one process: a real hub core, laptops with real replicas on plain SQLite, and people by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from sync.clock import chain_id
from sync.codec import Value
from sync.engine.enrolment import SeatKeys, TeamSeeds, ask_to_join, found_team, open_invite
from sync.engine.exchange import Transport, run
from sync.engine.identity import Identity, PendingJoin
from sync.engine.lead import Lead
from sync.engine.plan import Batch
from sync.engine.ports import SpoolPort
from sync.engine.round import SyncRound
from sync.engine.status import SyncReport
from sync.hub.core import Hub
from sync.hub.embedded import hub_in_memory
from sync.merge import shown
from sync.operation import Kind
from sync.protocol.enrolment import Role
from sync.replica import METADATA, ChangedRow, Replica
from sync.testing import LoopbackTransport, ManualClock, SeededRandom, plain_engine

HUB_URL = "http://127.0.0.1:8750"
GENERAL, CLINICAL, COMMON = 1, 2, 3


def anybody_may(_role: Role, _kind: Kind, _table: str, _own: bool) -> bool:
    return True


@dataclass
class Shown:
    """The application's side: remembers what it was last told of every row."""

    rows: dict[tuple[str, bytes], ChangedRow] = field(default_factory=dict)

    def project(self, _connection: Connection, rows: Sequence[ChangedRow], /) -> None:
        self.rows.update(((row.table, row.row), row) for row in rows)

    def values(self, table: str) -> dict[bytes, Mapping[str, Value]]:
        return {row.row: row.shown for row in self.rows.values() if row.table == table}


@dataclass
class Laptop:
    """One seat with its vault's replica and its way to the hub."""

    identity: Identity
    engine: Engine
    replica: Replica
    transport: LoopbackTransport
    projection: Shown
    clock: ManualClock
    random: SeededRandom
    joining: PendingJoin | None = None
    batch: Batch = field(default_factory=Batch)

    def save(self, table: str, row: bytes, values: Mapping[str, Value], comp: int = GENERAL) -> None:
        with self.replica.transaction() as tx:
            tx.create(table, row, comp, values)

    def amend(self, table: str, row: bytes, values: Mapping[str, Value]) -> None:
        with self.replica.transaction() as tx:
            tx.put(table, row, values)

    def shows(self, table: str, row: bytes) -> Mapping[str, Value] | None:
        with self.replica.transaction() as tx:
            state = tx.state(table, row)
        return None if state is None else shown(state)

    def sync(self, transport: Transport | None = None, spool: SpoolPort | None = None) -> SyncReport:
        steps = SyncRound(
            self.replica.hub_side, self.identity, clock=self.clock, random=self.random, batch=self.batch,
            joining=self.joining, spool=spool,
        ).run()  # fmt: skip
        report = run(steps, transport or self.transport)
        if not report.awaiting_approval:
            self.joining = None
        return report

    def seal_only(self) -> None:
        """Seal what is unsealed and send nothing."""
        self.replica.hub_side.seal(self.identity.signing_key())

    def lead(self) -> Lead:
        return Lead(self.transport, self.identity, self.replica.hub_side, clock=self.clock, random=self.random)

    def reopened(self) -> Laptop:
        """The same vault after the program was started again."""
        again = new_laptop(self.identity, self.engine, self.transport, self.clock, self.random)
        again.joining = self.joining
        return again


def new_laptop(
    identity: Identity, engine: Engine, transport: LoopbackTransport, clock: ManualClock, random: SeededRandom
) -> Laptop:
    METADATA.create_all(engine)
    projection = Shown()
    replica = Replica(
        engine, chain=chain_id(identity.seat_id, 0), clock=clock, projector=projection, may_apply=anybody_may
    )
    return Laptop(identity, engine, replica, transport, projection, clock, random)


@dataclass
class SmallTeam:
    """A hub and its team, with a lead to begin with."""

    hub: Hub
    clock: ManualClock
    random: SeededRandom
    lead: Laptop

    @classmethod
    def founded(cls, seed: str = "team") -> SmallTeam:
        clock, random = ManualClock(), SeededRandom(seed)
        hub = hub_in_memory(clock, random)
        keys, seeds = SeatKeys.draw(random), TeamSeeds.draw(random)
        engine = plain_engine()
        transport = LoopbackTransport(hub)
        draft = keys.identity(team_id=seeds.team_id, hub_id=hub.hub_id, hub_url=HUB_URL, ca=None)
        lead = new_laptop(draft, engine, transport, clock, random)
        lead.identity = found_team(
            transport, lead.replica.hub_side, seeds, keys, token=hub.issue_token(), hub_url=HUB_URL, clock=clock,
            random=random,
        )  # fmt: skip
        return cls(hub, clock, random, lead)

    def asked(self, role: Role, comps: Collection[int]) -> Laptop:
        """A laptop whose invite was opened and which waits to be let in."""
        invited = self.lead.lead().invite(role, comps)
        transport = LoopbackTransport(self.hub)
        opened = open_invite(transport, invited.code, clock=self.clock, random=self.random)
        keys = SeatKeys.draw(self.random)
        identity, pending = ask_to_join(transport, opened, keys, clock=self.clock, random=self.random)
        laptop = new_laptop(identity, plain_engine(), transport, self.clock, self.random)
        laptop.joining = pending
        return laptop

    def joined(self, role: Role = Role.WORKER, comps: Collection[int] = (GENERAL, COMMON)) -> Laptop:
        """A laptop that was let in and has synced once; the lead has heard of it."""
        laptop = self.asked(role, comps)
        desk = self.lead.lead()
        for asking in desk.asking():
            desk.approve(asking)
        laptop.sync()
        self.lead.sync()
        return laptop


def row_id(number: int) -> bytes:
    return number.to_bytes(16, "big")
