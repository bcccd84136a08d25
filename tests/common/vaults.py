"""Real vaults on SQLCipher and a real server core in one process, opened by key: no test here pays for a passphrase."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from broker_desktop.session import Environment, JoinAsked, Session, TeamAsked, open_with_keys
from broker_desktop.session.enrolment import create_team_sealed, join_team_sealed
from broker_desktop.session.key_slots import ToSeal
from broker_desktop.store.vault import VaultKeys
from sync.clock import Random
from sync.crypto import passphrase
from sync.crypto.kit import KitKeys
from sync.hub.core import Hub
from sync.hub.embedded import hub_in_memory
from sync.testing import LoopbackTransport, ManualClock, SeededRandom

HUB_URL = "http://127.0.0.1:8750"
AFTER_THE_SAMPLES = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
"""The program's clock under which the samples are imported (tests/samples/README.md)."""


@dataclass
class KeyKeeper:
    """Makes slots that no passphrase opens, and keeps the keys."""

    random: Random
    kept: ToSeal | None = None

    def seal(self, wanted: ToSeal) -> bytes:
        self.kept = wanted
        rk_pk = wanted.rk_pk or KitKeys.of(self.random.bytes(32)).rk_pk
        slot = passphrase.seal_recovery_slot(
            wanted.keys.dek, rk_pk, team=wanted.team, generation=1, seat=wanted.seat, slot_id=self.random.bytes(16)
        )
        return passphrase.build_slots(wanted.team, 1, [slot], wanted.keys.dek)


@dataclass
class Desk:
    """One person's laptop: a vault that can be opened again and again, and the switch of its network."""

    folder: Path
    environment: Environment
    transport: LoopbackTransport
    keys: ToSeal

    def open(self) -> Session:
        held = self.keys.keys
        keys = VaultKeys(bytearray(held.dek), bytearray(held.sign_seed), bytearray(held.kem_seed))
        return open_with_keys(self.folder, self.keys.team, self.keys.seat, keys, self.environment)

    @contextmanager
    def opened(self) -> Iterator[Session]:
        session = self.open()
        try:
            yield session
        finally:
            session.close()


@dataclass(frozen=True)
class Founded:
    """A team just founded, to be put down again: its lead's folder, its server, and how far the random numbers are."""

    folder: Path
    server: bytes
    count: int
    keys: ToSeal
    kit_halves: tuple[str, ...]

    @classmethod
    def of(cls, service: Service, folder: Path, keys: ToSeal) -> Founded:
        """Copy a team whose vault is closed."""
        kept = Path(_KEPT.name) / str(len(_FOUNDED))
        shutil.copytree(folder, kept)
        with service.hub.store.engine.connect() as connection:
            server = connection.connection.driver_connection.serialize()
        return cls(kept, server, service.random._count, keys, service.kit_halves)

    def put(self, service: Service, folder: Path) -> None:
        """Be the team of a service that has none yet."""
        shutil.copytree(self.folder, folder)
        with service.hub.store.engine.connect() as connection:
            connection.connection.driver_connection.deserialize(self.server)
        service.random._count, service.kit_halves = self.count, self.kit_halves


_FOUNDED: dict[tuple[object, ...], Founded] = {}
_KEPT = tempfile.TemporaryDirectory(prefix="founded-")


@dataclass
class Service:
    """A server and the laptops of one team; the program's clock stands still until a test moves it."""

    folder: Path
    pack: str = "portsmouth-2009-10"
    at: datetime = AFTER_THE_SAMPLES
    random: SeededRandom = field(default_factory=lambda: SeededRandom("service"))
    team: str = "Harbour"
    beside: Service | None = None
    """Another team on whose server, and by whose clock, this one works too."""

    def __post_init__(self) -> None:
        self.clock = self.beside.clock if self.beside else ManualClock(int(self.at.timestamp() * 1000))
        self.hub: Hub = self.beside.hub if self.beside else hub_in_memory(self.clock, self.random)

    def found(self, person: str = "Lee Lead") -> Desk:
        """Make the team and its first lead's laptop; one that was made before is copied, being the same."""
        environment, transport, keeper = self._laptop("lead")
        made_before = _FOUNDED.get(self._founding(person))
        if made_before is not None:
            made_before.put(self, environment.data_dir)
            keeper.kept = made_before.keys
            return self._desk(environment, transport, keeper)
        founding = self._founding(person)
        asked = TeamAsked(
            hub=HUB_URL, token=self.hub.issue_token(), name=self.team, person=person, pack=self.pack
        )  # fmt: skip
        made = create_team_sealed(environment, environment.data_dir / "vault", keeper.seal, asked)
        self.kit_halves = tuple(" ".join(half) for half in made.kit.halves)
        assert keeper.kept is not None
        if self.beside is None:
            _FOUNDED[founding] = Founded.of(self, environment.data_dir, keeper.kept)
        return self._desk(environment, transport, keeper)

    def _founding(self, person: str) -> tuple[object, ...]:
        """Name all that decides what a new team is like: the place of the random numbers and the clock among it."""
        at = (self.clock.now_ms(), self.random._seed, self.random._count)
        return (person, self.pack, self.team, self.beside is None, *at)

    def join(self, lead: Session, person: str, role: str, *, clinical: bool = False, device: str | None = None) -> Desk:
        """Invite somebody, let them in and sync both, so that the new laptop can work; `device`: one that is shared."""
        desk, asked = self.ask_in(lead, person, role, clinical=clinical, device=device)
        lead.team.approve(asked.seat, " ".join(asked.check_words))
        with desk.opened() as session:
            session.sync_once()
        return desk

    def ask_in(
        self, lead: Session, person: str, role: str, *, clinical: bool = False, device: str | None = None
    ) -> tuple[Desk, JoinAsked]:
        """Invite somebody and let their laptop ask."""
        name = person.lower().replace(" ", "-")
        environment, transport, keeper = self._laptop(device or name)
        vault = environment.data_dir / ("vault" if device is None else f"vaults/{name}")
        code = lead.team.invite(person, role, clinical).code
        asked = join_team_sealed(environment, vault, keeper.seal, code)
        return self._desk(environment, transport, keeper, vault), asked

    def _laptop(self, name: str) -> tuple[Environment, LoopbackTransport, KeyKeeper]:
        transport = LoopbackTransport(self.hub)
        environment = Environment(
            clock=self.clock,
            random=self.random,
            data_dir=self.folder / name,
            transport=lambda _url, _ca: transport,
        )
        return environment, transport, KeyKeeper(self.random)

    def _desk(
        self, environment: Environment, transport: LoopbackTransport, keeper: KeyKeeper, vault: Path | None = None
    ) -> Desk:
        assert keeper.kept is not None
        return Desk(vault or environment.data_dir / "vault", environment, transport, keeper.kept)


def in_step(*sessions: Session) -> None:
    """Sync all until nobody has anything new."""
    for _ in range(2):
        for session in sessions:
            session.sync_once()


def moved_clock(desk: Desk, at: datetime) -> Desk:
    """The same laptop with the program's clock at another time; stamps go on by the machine's."""
    now = datetime.fromtimestamp(desk.environment.clock.now_ms() / 1000, tz=UTC)
    return replace(desk, environment=replace(desk.environment, shift=at - now))
