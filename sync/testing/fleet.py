"""A fleet: the laptops of one team and its hub in one process, everything real but time, chance and the network.

A team is enrolled once (`TeamImage.enrolled`) and copied as often as tests need it. What a test does to a laptop goes
through the same `Replica` and `SyncRound` as in a vault; a laptop can be thrown away and opened again at any moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import ENOSPC
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import Column, Connection, LargeBinary, MetaData, SmallInteger, Table, Text, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Engine

from sync import codec
from sync.codec import Value
from sync.control import ControlState
from sync.engine.enrolment import SeatKeys, TeamSeeds, ask_to_join, found_team, open_invite
from sync.engine.exchange import Transport, run
from sync.engine.identity import Identity, PendingJoin
from sync.engine.lead import Lead
from sync.engine.plan import Batch
from sync.engine.round import SyncRound
from sync.engine.status import SyncReport
from sync.hub import schema
from sync.hub.config import database_url
from sync.hub.core import Hub
from sync.hub.outcomes import HubAnswer
from sync.hub.store import Store
from sync.protocol.enrolment import Role, SeatCard
from sync.replica import METADATA, ChangedRow, MayApply, Replica
from sync.replica.tables import EnvelopeState, table
from sync.testing.fakes import LoopbackTransport, ManualClock, SeededRandom, plain_engine

HUB_URL: Final = "http://127.0.0.1:8750"
_ENVELOPE: Final = table("envelope")
_SHOWN: Final = Table(
    "shown", MetaData(), Column("tbl", Text, primary_key=True), Column("row", LargeBinary, primary_key=True),
    Column("comp", SmallInteger, primary_key=True), Column("cbor", LargeBinary, nullable=False),
)  # fmt: skip
_TELL: Final = insert(_SHOWN)
_TOLD: Final = _TELL.on_conflict_do_update(index_elements=["tbl", "row", "comp"], set_={"cbor": _TELL.excluded.cbor})
_READ: Final = select(_SHOWN.c.tbl, _SHOWN.c.row, _SHOWN.c.cbor)
_TAKEN: Final = (
    select(_ENVELOPE.c.seat, _ENVELOPE.c.comp, func.sum(_ENVELOPE.c.ops))
    .where(_ENVELOPE.c.state == EnvelopeState.APPLIED, _ENVELOPE.c.seat != bindparam("own"))
    .group_by(_ENVELOPE.c.seat, _ENVELOPE.c.comp)
)


class Notebook:
    """The least application: writes down what is shown of every row, in the transaction that changed it.

    While `full` is set the disk has no room.
    """

    def __init__(self) -> None:
        self.full = False

    def prepare(self, engine: Engine) -> None:
        """Make its table."""
        _SHOWN.create(engine)

    def project(self, connection: Connection, rows: Sequence[ChangedRow], /) -> None:
        """Keep what the replica says is shown now; raise OSError where there is no room for it."""
        if self.full:
            raise OSError(ENOSPC, "no space left on device")
        lines = [
            {"tbl": row.table, "row": row.row, "comp": row.comp, "cbor": codec.encode(dict(row.shown))} for row in rows
        ]
        connection.execute(_TOLD, lines)

    def read(self, connection: Connection) -> dict[tuple[str, bytes], dict[str, Value]]:
        """Return what is shown, by table and row."""
        return {(name, row): codec.decode(cbor) for name, row, cbor in connection.execute(_READ)}


class Database(Protocol):
    """Where a laptop keeps its replica: it can be closed and opened again, and copied as a whole."""

    @property
    def engine(self) -> Engine:
        """The writer."""
        ...

    def reopen(self) -> None:
        """Lose everything that was not committed."""
        ...

    def image(self) -> bytes:
        """Return the whole content."""
        ...

    def load(self, image: bytes) -> None:
        """Replace the whole content."""
        ...


class MemoryDatabase:
    """A database in memory. Its engine is used again for every copy: statements stay compiled."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine or plain_engine()

    def reopen(self) -> None:
        """Roll back what was under way."""
        self._driver().rollback()

    def image(self) -> bytes:
        """Return the whole content."""
        image: bytes = self._driver().serialize()
        return image

    def load(self, image: bytes) -> None:
        """Replace the whole content."""
        self.reopen()
        self._driver().deserialize(image)

    def _driver(self) -> Any:
        with self.engine.connect() as connection:
            return connection.connection.driver_connection


@dataclass
class Laptop:
    """One seat: its database, its clock, and the replica that is open on it."""

    name: str
    identity: Identity
    database: Database
    may_apply: MayApply
    clock: ManualClock
    random: SeededRandom
    joining: PendingJoin | None = None
    notebook: Notebook = field(default_factory=Notebook)

    def __post_init__(self) -> None:
        self.open()

    @property
    def seat(self) -> bytes:
        """Its seat id."""
        return self.identity.seat_id

    def open(self) -> None:
        """Open the replica, as at the start of the program."""
        self.replica = Replica(
            self.database.engine, chain=self.identity.chain, clock=self.clock, projector=self.notebook,
            may_apply=self.may_apply,
        )  # fmt: skip

    def restart(self) -> None:
        """Throw the replica away and open the database again."""
        self.database.reopen()
        self.open()

    def sync(self, transport: Transport, batch: Batch | None = None) -> SyncReport:
        """Run one round; raises what a round raises."""
        steps = SyncRound(
            self.replica.hub_side, self.identity, clock=self.clock, random=self.random, batch=batch,
            joining=self.joining,
        )  # fmt: skip
        report = run(steps.run(), transport)
        if not report.awaiting_approval:
            self.joining = None
        return report

    def seal(self) -> int:
        """Seal what is unsealed and send nothing."""
        return self.replica.hub_side.seal(self.identity.signing_key())

    def lead(self, transport: Transport) -> Lead:
        """Return a lead's desk on this laptop."""
        return Lead(transport, self.identity, self.replica.hub_side, clock=self.clock, random=self.random)

    def heard(self) -> dict[tuple[bytes, int], int]:
        """Return how many operations of each other seat were taken in, by seat and compartment."""
        with self.reading() as connection:
            return {(seat, comp): ops for seat, comp, ops in connection.execute(_TAKEN, {"own": self.seat})}

    def shown(self) -> dict[tuple[str, bytes], dict[str, Value]]:
        """Return what the application was last told to show, by table and row."""
        with self.reading() as connection:
            return self.notebook.read(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for queries."""
        with self.database.engine.connect() as connection:
            yield connection


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatImage:
    """One enrolled laptop; `joining` is set while no lead has let it in."""

    identity: Identity
    content: bytes
    joining: PendingJoin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamImage:
    """A team enrolled on a hub, as bytes; the seat named "lead" founded it."""

    hub: bytes
    seats: Mapping[str, SeatImage]

    @classmethod
    def enrolled(
        cls, rights: Mapping[str, tuple[Role, Collection[int]]], databases: Mapping[str, Database], *,
        waiting: Collection[str] = (),
    ) -> TeamImage:  # fmt: skip
        """Found a team and enrol everybody named; those of `waiting` have asked and were not let in yet."""
        clock, random = ManualClock(), SeededRandom("enrolment")
        hub_database = HubDatabase()
        schema.create_without_history(hub_database.store)
        hub = Hub(hub_database.store, clock, random)
        transport = LoopbackTransport(hub)
        for database in databases.values():
            METADATA.create_all(database.engine)
            Notebook().prepare(database.engine)
        keys, seeds = SeatKeys.draw(random), TeamSeeds.draw(random)
        draft = keys.identity(team_id=seeds.team_id, hub_id=hub.hub_id, hub_url=HUB_URL, ca=None)
        lead = Laptop("lead", draft, databases["lead"], _anything, clock, random)
        found_team(
            transport, lead.replica.hub_side, seeds, keys, token=hub.issue_token(), hub_url=HUB_URL, clock=clock,
            random=random,
        )  # fmt: skip
        laptops = {"lead": lead}
        for name in (name for name in rights if name != "lead"):
            code = lead.lead(transport).invite(*rights[name]).code
            opened = open_invite(transport, code, clock=clock, random=random)
            identity, joining = ask_to_join(transport, opened, SeatKeys.draw(random), clock=clock, random=random)
            laptops[name] = Laptop(name, identity, databases[name], _anything, clock, random, joining)
            if name not in waiting:
                _let_in(lead, laptops[name], transport)
        lead.sync(transport)
        seats = {
            name: SeatImage(identity=one.identity, content=one.database.image(), joining=one.joining)
            for name, one in laptops.items()
        }
        return cls(hub=hub_database.image(), seats=seats)


def _let_in(lead: Laptop, laptop: Laptop, transport: Transport) -> None:
    desk = lead.lead(transport)
    for asking in desk.asking():
        if asking.card.seat == laptop.seat:
            desk.approve(asking)
    laptop.sync(transport)
    laptop.joining = None


def _anything(_role: Role, _kind: int, _table: str, _own: bool) -> bool:
    return True


class HubDatabase(MemoryDatabase):
    """The database of a hub: in memory, or a file that `load` makes."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.store = Store(database_url("sqlite://" if path is None else f"sqlite:///{path}"))
        super().__init__(self.store.engine)

    def load(self, image: bytes) -> None:
        """Replace the whole content."""
        if self._path is None:
            super().load(image)
        else:
            self._path.write_bytes(image)


class Fleet:
    """A copy of an enrolled team at work. It is an in-process hub itself, whichever `Hub` object stands behind it."""

    def __init__(
        self, image: TeamImage, hub_database: HubDatabase, databases: Mapping[str, Database], may_apply: MayApply
    ) -> None:  # fmt: skip
        """Load the image into these databases; `databases` decides which seats take part."""
        self.clock = ManualClock()
        self._random = SeededRandom("hub")
        self._hub_database = hub_database
        hub_database.load(image.hub)
        self.restart_hub()
        self.laptops: dict[str, Laptop] = {}
        for name, database in databases.items():
            seat = image.seats[name]
            database.load(seat.content)
            self.laptops[name] = Laptop(
                name, seat.identity, database, may_apply, ManualClock(), SeededRandom(f"laptop {name}"), seat.joining
            )

    @property
    def lead(self) -> Laptop:
        """The laptop that founded the team."""
        return self.laptops["lead"]

    @property
    def control(self) -> ControlState:
        """The team as its lead knows it."""
        control = self.lead.replica.control
        assert control is not None
        return control

    def card_of(self, seat: bytes) -> SeatCard:
        """Return what the control log says of a seat."""
        return self.control.seats[seat].card

    def restart_hub(self) -> None:
        """Start the hub again on its database."""
        self.hub = Hub(self._hub_database.store, self.clock, self._random)

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> HubAnswer:
        """Answer one request as the hub that runs now."""
        return self.hub.handle(method, target, headers, body)

    def let_in(self, name: str) -> None:
        """Approve a laptop that waits; it learns of it at its next sync."""
        desk = self.lead.lead(LoopbackTransport(self))
        for asking in desk.asking():
            if asking.card.seat == self.laptops[name].seat:
                desk.approve(asking)

    def sync_until_quiet(self, most: int = 12) -> None:
        """Sync everybody in turn until nobody has anything to send or to take in.

        Raises:
            AssertionError: that does not come about.
        """
        for _ in range(most):
            reports = [laptop.sync(LoopbackTransport(self)) for laptop in self.laptops.values()]
            if not any(report.pushed or report.pulled or report.unsent for report in reports):
                return
        raise AssertionError("the fleet does not become quiet")
