"""The fleet as a state machine: what people and accidents do, and what must be true when everybody has synced.

Everything is real (codec, crypto, sealing, control log, hub) except time, chance and the network. After every sync the
laptop is compared with the oracle, at the end the whole fleet is.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeAlias

from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sync.codec import Value
from sync.engine.exchange import Request
from sync.engine.plan import Batch
from sync.errors import HubRefused, Unreachable
from sync.operation import ALIAS, Kind
from sync.protocol.enrolment import Role
from sync.replica import StaleCheckpointError
from sync.testing.fakes import Crash, FlakyTransport, LoopbackTransport
from sync.testing.fleet import Fleet, Laptop
from sync.testing.views import LogViews, own_orders
from tests.common.fleets import RIGHTS, Enrolled
from tests.convergence import settled
from tests.convergence.oracle import Oracle, RowName

TABLES = {"card": 0, "contact": 1, "bbv_test": 2, "session": 3}
FIELDS = ("note", "site", "count")
VALUES: tuple[Value, ...] = (0, 1, "Arundel Street", "späť", None, {"answer": "declined"}, ["a", "b"])
DAY_MS = 86_400_000
LEAPS = (-40 * 365 * DAY_MS, -400 * DAY_MS, -3_600_000, 60_000, 3 * DAY_MS, 400 * DAY_MS, 40 * 365 * DAY_MS)
FATES = ("lost request", "lost reply", "sent twice", "crash before", "crash after")
ONE_BYTE = 1

NAMES = st.sampled_from(("lead", "nurse", "worker", "peer"))
COLLEAGUES = st.sets(st.sampled_from(("nurse", "worker", "peer")), min_size=1)
PICKS = st.integers(0, 63)
CONTENTS = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), min_size=1, max_size=3)


def may_apply(role: Role, kind: Kind, _table: str, _own: bool) -> bool:
    """Only leads erase."""
    return kind != Kind.ERASE or role is Role.LEAD


Machine: TypeAlias = Callable[[], "FleetMachine"]


def machine(team: Enrolled, *, number: int, shuffled: bool) -> Machine:
    """Return what makes fleets of this team; `number` decides, together with it, which histories are tried."""

    def new_fleet() -> FleetMachine:
        return FleetMachine(team, shuffled=shuffled)

    return seed(number)(new_fleet)


class FleetMachine(RuleBasedStateMachine):
    """Two to four laptops of one team, a fifth that may join, and their hub."""

    def __init__(self, team: Enrolled, *, shuffled: bool) -> None:
        """Take an enrolled team; `shuffled`: every laptop meets the others' work in an order of its own."""
        super().__init__()
        self.team = team
        self.shuffled = shuffled

    @initialize(colleagues=COLLEAGUES)
    def meet(self, colleagues: set[str]) -> None:
        image, hub_database, databases = self.team
        names = ["lead", *sorted(colleagues)]
        self.fleet = Fleet(image, hub_database, {name: databases[name] for name in [*names, "newcomer"]}, may_apply)
        self.newcomer = self.fleet.laptops.pop("newcomer")
        self.hub = LogViews(self.fleet, own_orders()) if self.shuffled else self.fleet
        everybody = [*self.fleet.laptops.values(), self.newcomer]
        self.oracle = Oracle({laptop.seat: RIGHTS[laptop.name][1] for laptop in everybody})
        self.made = 0

    @rule(name=NAMES, table=st.sampled_from(sorted(TABLES)), values=CONTENTS)
    def create(self, name: str, table: str, values: dict[str, Value]) -> None:
        """Somebody makes a record."""
        self.made += 1
        self._create(self._person(name), table, self.made.to_bytes(16, "big"), values)

    @rule(names=st.tuples(NAMES, NAMES), code=st.integers(0, 2), values=st.tuples(CONTENTS, CONTENTS))
    def meet_the_same_person(
        self, names: tuple[str, str], code: int, values: tuple[dict[str, Value], dict[str, Value]]
    ) -> None:
        """Two laptops make the same record, as a derived id lets them."""
        for name, content in zip(names, values, strict=True):
            self._create(self._person(name), "session", bytes([0xF0 + code]) * 16, content)

    @rule(name=NAMES, table=st.sampled_from(sorted(TABLES)), many=st.lists(CONTENTS, min_size=2, max_size=4))
    def save_several(self, name: str, table: str, many: list[dict[str, Value]]) -> None:
        """One save of several records, in two compartments where the seat has them, one of them amended at once."""
        laptop = self._person(name)
        tables = [self._table(laptop, one) for one in (table, "session")]
        rows = [(tables[at % 2], (self.made + at + 1).to_bytes(16, "big")) for at in range(len(many))]
        self.made += len(many)
        with laptop.replica.transaction() as tx:
            stamps = [
                tx.create(table, row, TABLES[table], values) for (table, row), values in zip(rows, many, strict=True)
            ]
            amended = tx.put(*rows[0], {"note": "amended"})
        for row, stamp, values in zip(rows, stamps, many, strict=True):
            self.oracle.create(laptop.seat, TABLES[row[0]], row, stamp, values)
        self.oracle.put(laptop.seat, rows[0], amended, {"note": "amended"})

    @rule(name=st.sampled_from(("worker", "peer")), values=CONTENTS)
    def raise_concern(self, name: str, values: dict[str, Value]) -> None:
        """Somebody who cannot read the clinical compartment makes a record there and keeps nothing of it."""
        laptop = self._person(name)
        if laptop is self.fleet.lead:
            return
        self.made += 1
        row = self.made.to_bytes(16, "big")
        with laptop.replica.transaction() as tx:
            stamp = tx.create_shut("bbv_test", row, TABLES["bbv_test"], values)
        self.oracle.create(laptop.seat, TABLES["bbv_test"], ("bbv_test", row), stamp, values, shut=True)

    @rule(name=NAMES, pick=PICKS, values=CONTENTS)
    def edit(self, name: str, pick: int, values: dict[str, Value]) -> None:
        """Somebody amends a record he has."""
        self._edit(self._person(name), pick, values)

    @rule(names=st.tuples(NAMES, NAMES), pick=PICKS, field=st.sampled_from(FIELDS), numbers=st.tuples(PICKS, PICKS))
    def edit_apart(self, names: tuple[str, str], pick: int, field: str, numbers: tuple[int, int]) -> None:
        """Two people amend the same field without knowing of each other."""
        for name, number in zip(names, numbers, strict=True):
            self._edit(self._person(name), pick, {field: number})

    @rule(name=NAMES, pick=PICKS)
    def void(self, name: str, pick: int) -> None:
        """Somebody voids a record."""
        self._edit(self._person(name), pick, {"_void": {"reason": f"entered twice, says {name}"}})

    @rule(pick=PICKS)
    def erase(self, pick: int) -> None:
        """The lead erases a record for ever."""
        lead = self.fleet.lead
        rows = self.oracle.rows(lead.seat)
        if rows:
            row = rows[pick % len(rows)]
            with lead.replica.transaction() as tx:
                stamp = tx.erase(*row, 1)
            self.oracle.erase(lead.seat, row, stamp)

    @rule(name=NAMES, pick=PICKS, into=st.integers(0, 4))
    def alias(self, name: str, pick: int, into: int) -> None:
        """Somebody says that a record is another one, or that it is not."""
        laptop = self._person(name)
        rows = [row for row in self.oracle.rows(laptop.seat) if TABLES[row[0]] in RIGHTS[laptop.name][1]]
        if rows:
            row = rows[pick % len(rows)]
            value = rows[into % len(rows)][1] if into else None
            with laptop.replica.transaction() as tx:
                stamp = tx.alias(*row, value)
            self.oracle.put(laptop.seat, row, stamp, {ALIAS: value})

    @rule(name=NAMES, pick=PICKS)
    def resolve(self, name: str, pick: int) -> None:
        """Somebody decides a conflict that his laptop lists."""
        laptop = self._person(name)
        listed = laptop.replica.conflicts()
        assert {(one.table, one.row) for one in listed} == set(self.oracle.conflicts(laptop.seat))
        if listed:
            one = listed[pick % len(listed)]
            field, siblings = sorted(one.fields.items())[0]
            self._put(laptop, (one.table, one.row), {field: siblings[pick % len(siblings)].value})

    @rule(name=NAMES)
    def run_out_of_disk(self, name: str) -> None:
        """A save that fails on the way to the disk leaves no trace, and the program goes on."""
        laptop = self._person(name)
        laptop.notebook.full = True
        try:
            with laptop.replica.transaction() as tx:
                tx.create("session", bytes([0xEE]) * 16, TABLES["session"], {"note": "lost"})
        except OSError:
            laptop.notebook.full = False
        assert not laptop.notebook.full

    @rule(name=NAMES, tiny=st.booleans())
    def sync(self, name: str, tiny: bool) -> None:
        """Somebody syncs, perhaps in the smallest pages there are."""
        laptop = self._person(name)
        report = laptop.sync(LoopbackTransport(self.hub), Batch(ONE_BYTE) if tiny else None)
        assert report.unsent == 0 or not self._holds_every_key(laptop)
        settled.check_laptop(laptop, self._noted(laptop))

    @rule(name=NAMES, fate=st.sampled_from(FATES), at=st.integers(0, 5), for_good=st.booleans(), tiny=st.booleans())
    def sync_with_trouble(self, name: str, fate: str, at: int, for_good: bool, tiny: bool) -> None:
        """Somebody syncs over a network that fails at one request, or from one request on."""
        laptop = self._person(name)
        with self._accident(laptop):
            laptop.sync(self._flaky(fate, at, for_good), Batch(ONE_BYTE) if tiny else None)
        settled.check_laptop(laptop, self._noted(laptop))

    @rule(names=st.tuples(NAMES, NAMES))
    def exchange(self, names: tuple[str, str]) -> None:
        """One sends what he has, another takes it in."""
        for name in names:
            laptop = self._person(name)
            laptop.sync(LoopbackTransport(self.hub))
            self._noted(laptop)

    @rule(name=NAMES, leap=st.sampled_from(LEAPS))
    def set_clock(self, name: str, leap: int) -> None:
        """A laptop's clock is set wrong, by years in either direction, or right."""
        clock = self._person(name).clock
        clock.advance(max(leap, -clock.now_ms()))

    @rule(name=NAMES)
    def restart(self, name: str) -> None:
        """A program ends and starts again."""
        self._person(name).restart()

    @rule(name=NAMES)
    def crash_before_pushing(self, name: str) -> None:
        """A program ends between sealing and sending."""
        laptop = self._person(name)
        with suppress(StaleCheckpointError):  # his clock went ahead by more than 90 days since he last heard of the hub
            laptop.seal()
        laptop.restart()

    @rule()
    def restart_hub(self) -> None:
        """The hub ends and starts again."""
        self.fleet.restart_hub()

    @rule(comps=st.sets(st.integers(0, 3), min_size=1, max_size=2), fate=st.sampled_from(FATES), at=st.integers(0, 20))
    def rotate(self, comps: set[int], fate: str, at: int) -> None:
        """The lead starts new epochs, and may not come to the end of it."""
        with self._accident(self.fleet.lead):
            self.fleet.lead.lead(self._flaky(fate, at, for_good=True)).rotate(comps)

    @precondition(lambda self: "newcomer" not in self.fleet.laptops)
    @rule()
    def let_somebody_in(self) -> None:
        """The lead lets another laptop in, in the middle of everything."""
        self.fleet.laptops["newcomer"] = self.newcomer
        self.fleet.let_in("newcomer")

    def teardown(self) -> None:
        """Let everybody sync until nothing is on the way; then compare."""
        if sys.exc_info()[0] is not None or not hasattr(self, "fleet"):
            return  # the run has failed already, or was given up
        self.fleet.lead.lead(LoopbackTransport(self.hub)).grant_missing()  # ends what an accident cut off
        settled.sync_until_quiet(self.fleet, self.hub)
        for laptop in self.fleet.laptops.values():
            settled.check_laptop(laptop, self._noted(laptop))
        settled.check_fleet(self.fleet, self.oracle, forked=self.shuffled)

    def _person(self, name: str) -> Laptop:
        """Return the laptop of that name, or the lead's where it takes no part."""
        return self.fleet.laptops.get(name, self.fleet.lead)

    def _table(self, laptop: Laptop, wanted: str) -> str:
        """What a seat cannot read it drops, but nobody writes to the leads."""
        return wanted if TABLES[wanted] or laptop.name == "lead" else "session"

    def _create(self, laptop: Laptop, wanted: str, row: bytes, values: Mapping[str, Value]) -> None:
        table = self._table(laptop, wanted)
        with laptop.replica.transaction() as tx:
            stamp = tx.create(table, row, TABLES[table], values)
        self.oracle.create(laptop.seat, TABLES[table], (table, row), stamp, values)

    def _edit(self, laptop: Laptop, pick: int, values: Mapping[str, Value]) -> None:
        rows = self.oracle.rows(laptop.seat)
        if rows:
            self._put(laptop, rows[pick % len(rows)], values)

    def _put(self, laptop: Laptop, row: RowName, values: Mapping[str, Value]) -> None:
        with laptop.replica.transaction() as tx:
            stamp = tx.put(*row, values)
        self.oracle.put(laptop.seat, row, stamp, values)

    def _noted(self, laptop: Laptop) -> Oracle:
        """Tell the oracle what a laptop has taken in, and return it."""
        self.oracle.hear(laptop.seat, laptop.heard())
        return self.oracle

    def _flaky(self, fate: str, at: int, for_good: bool) -> FlakyTransport:
        def plan(number: int, _request: Request) -> str:
            return fate if number == at or (for_good and number > at) else "ok"

        return FlakyTransport(LoopbackTransport(self.hub), plan)

    @contextmanager
    def _accident(self, laptop: Laptop) -> Iterator[None]:
        """Expect what the network does to a laptop; after a crash it starts again."""
        try:
            yield
        except Crash:
            laptop.restart()
        except Unreachable:
            return
        except HubRefused as refusal:
            if refusal.code != "nonce_replay":
                raise

    def _holds_every_key(self, laptop: Laptop) -> bool:
        control, keyring = laptop.replica.control, laptop.replica.hub_side.keyring
        assert control is not None
        seat = control.seat(laptop.seat)
        return seat is not None and all((comp, control.newest_epoch(comp)) in keyring for comp in seat.comps)
