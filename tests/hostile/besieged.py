"""The team that a hostile hub works on: who wrote what, who has not heard of it, what must be true afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.codec import Value
from sync.protocol.enrolment import Role
from sync.testing.fakes import InProcessHub, LoopbackTransport
from sync.testing.fleet import Fleet, Laptop
from tests.common.canaries import canaries, spellings
from tests.common.fleets import memory_team

WORDS = canaries(50)
GENERAL, CLINICAL, COMMON = 1, 2, 3
TABLES = {GENERAL: "contact", CLINICAL: "bbv_test", COMMON: "session"}


def may_apply(_role: Role, _kind: int, _table: str, _own: bool) -> bool:
    return True


@dataclass
class Besieged:
    """Lead, worker and newcomer have worked and synced; the nurse has heard nothing of it and has work of her own.

    Since the nurse's last sync the lead has started a new epoch and let the newcomer in.
    """

    fleet: Fleet
    written: dict[tuple[str, bytes], dict[str, Value]] = field(default_factory=dict)

    @classmethod
    def now(cls) -> Besieged:
        image, hub_database, databases = memory_team()
        team = cls(Fleet(image, hub_database, databases, may_apply))
        team.sync("nurse")
        for comp in (GENERAL, CLINICAL, COMMON):
            team.save("lead", comp)
        team.sync("lead")
        team.save("worker", GENERAL)
        team.sync("worker")
        lead = team.fleet.lead
        lead.lead(LoopbackTransport(team.fleet)).rotate([GENERAL])
        team.fleet.let_in("newcomer")
        team.sync("newcomer")
        team.save("newcomer", GENERAL)
        team.sync("newcomer")
        team.save("lead", GENERAL)
        team.sync("lead")
        team.save("nurse", CLINICAL)
        return team

    @property
    def nurse(self) -> Laptop:
        return self.fleet.laptops["nurse"]

    def save(self, name: str, comp: int) -> None:
        """Let somebody record something that nobody else may ever read."""
        number = len(self.written)
        row, values = number.to_bytes(16, "big"), {"note": WORDS[number % len(WORDS)], "by": name}
        with self.fleet.laptops[name].replica.transaction() as tx:
            tx.create(TABLES[comp], row, comp, values)
        self.written[TABLES[comp], row] = values

    def sync(self, name: str, hub: InProcessHub | None = None) -> None:
        """Let somebody sync with the honest hub, or with another."""
        self.fleet.laptops[name].sync(LoopbackTransport(hub or self.fleet))

    def works_on(self) -> None:
        """Assert that the nurse's own work is there, and that she can go on."""
        mine = {row for row, values in self.written.items() if values["by"] == "nurse"}
        assert mine <= set(self.nurse.shown())
        self.save("nurse", GENERAL)

    def recovers(self, hub: InProcessHub | None = None) -> None:
        """Assert that everybody ends with everything once the hub behaves again."""
        for _ in range(2):
            for laptop in self.fleet.laptops.values():
                laptop.sync(LoopbackTransport(hub or self.fleet))
        by_table = {table: comp for comp, table in TABLES.items()}
        for laptop in self.fleet.laptops.values():
            control = laptop.replica.control
            assert control is not None
            comps = control.seats[laptop.seat].card.comps
            held = {row: values for row, values in self.written.items() if by_table[row[0]] in comps}
            assert laptop.shown() == held
            assert laptop.replica.unsent() == 0
            assert laptop.replica.applied_count() == len(held)

    def leaks(self, received: list[bytes]) -> list[str]:
        """Return what the hub was sent that it must never see: a written word, a key."""
        heap = b"\0".join(received)
        words = [word for word in WORDS[: len(self.written)] for _, form in spellings(word) if form in heap]
        secrets = [
            secret
            for laptop in self.fleet.laptops.values()
            for secret in (laptop.identity.sign_seed, laptop.identity.kem_seed)
        ]
        for laptop in self.fleet.laptops.values():
            with laptop.reading() as connection:
                secrets += connection.exec_driver_sql("SELECT secret FROM epoch_key").scalars()
        return words + ["a key" for secret in secrets if secret in heap or secret.hex().encode() in heap]
